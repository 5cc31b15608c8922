import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Principal } from '../../common/principal.js';
import { actorClaimOf } from '../../tokens/access/actor-claim.js';
import type { RevocationService } from '../../tokens/revocation/revocation.service.js';
import { isUnavailable } from './failures.js';
import type { GrantsOfFlow } from './grants-of-flow.js';
import type { IssuedToken, IssuedTokens } from './issued-tokens.js';
import { isOfForm, tokenOfForm } from './token-form.js';

/** What tokens are found with. */
interface FoundParts {
  readonly issued: IssuedTokens;
  readonly known: GrantsOfFlow;
  readonly revocations: RevocationService;
  /** `aud` of access tokens for Latchkey's own routes. */
  readonly audience: string;
}

/** What comes back is a token of ours: known by its signature, and alive as long as its session. */
export function findOwnTokens(
  provider: Provider,
  { issued, known: grants, revocations, audience }: FoundParts,
  current: () => KoaContextWithOIDC,
): void {
  const verified = async (value: string): Promise<IssuedToken | undefined> => {
    try {
      const token = await issued.authenticate(tokenOfForm(value));
      // Userinfo is a route of Latchkey's own: no token for another resource opens it.
      return isOfForm(value) || token.audience === audience ? token : undefined;
    } catch (error) {
      // Not known is not the same as not good (RFC 7009 section 2.2.1).
      if (isUnavailable(error)) throw error;
      return undefined;
    }
  };
  const said = (value: string, { caller, ...token }: IssuedToken) => ({
    ...saidBy(caller),
    // Told by introspection; at userinfo a token with an audience would be one for another place.
    ...(isOfForm(value) && { aud: token.audience }),
  });
  Object.assign(provider.AccessToken, {
    async find(value: string) {
      const known = await verified(value);
      const caller = known?.caller;
      const grant = caller && isOfGrant(caller) ? await grants.find(caller.sessionId) : undefined;
      const client = grant && (await provider.Client.find(grant.clientId));
      if (!known || !caller || !grant || !client) return undefined;
      const token = new provider.AccessToken({
        client,
        accountId: caller.subject,
        grantId: grant.id,
        gty: 'authorization_code',
        scope: caller.scopes.join(' '),
      });
      return Object.assign(token, said(value, known), { destroy: () => Promise.resolve() });
    },
  });
  Object.assign(provider.ClientCredentials, {
    async find(value: string) {
      const known = await verified(value);
      const caller = known?.caller;
      const client = caller && !isOfGrant(caller) ? await provider.Client.find(caller.clientId) : undefined;
      if (!known || !caller || !client) return undefined;
      const token = new provider.ClientCredentials({ client, scope: caller.scopes.join(' ') });
      return Object.assign(token, said(value, known), {
        destroy: () => revocations.revokeToken(caller.tokenId),
      });
    },
  });
  Object.assign(provider.RefreshToken, {
    async find(value: string) {
      const { client } = current().oidc;
      const grant = client && (await grants.findByRefreshToken(value, client.clientId));
      if (!grant) return undefined;
      const scope = grant.scopes.join(' ');
      const token = new provider.RefreshToken({
        client,
        accountId: grant.subject,
        grantId: grant.id,
        gty: 'refresh_token',
        scope,
      });
      const times = {
        iat: Math.floor(grant.authenticatedAt / 1000),
        exp: Math.floor(grant.expiresAt / 1000),
      };
      // Its session is what is ended.
      return Object.assign(token, times, {
        sid: grant.id,
        jkt: grant.jkt ?? undefined,
        destroy: () => Promise.resolve(),
      });
    },
  });
}

/** One that was given in exchange is of a session, and not its client's to end: it ends by itself, as a client's own. */
function isOfGrant({ isClient, actors }: Principal): boolean {
  return !isClient && actors === undefined;
}

function saidBy(caller: Principal) {
  const { issuedAt, expiresAt, tokenId, sessionId, roles, jkt, subject, actors } = caller;
  return {
    iat: Math.floor(issuedAt / 1000),
    exp: Math.floor(expiresAt / 1000),
    jti: tokenId,
    sid: sessionId,
    // The library names no subject of a token that is no user's.
    extra: {
      roles,
      ...(!isOfGrant(caller) && { sub: subject }),
      ...(actors && { act: actorClaimOf(actors) }),
    },
    jkt,
  };
}
