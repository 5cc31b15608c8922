import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import { PASSWORD_CHANGE_SCOPE } from '../../access/password-change-scope.js';
import { OWN_CLIENT, type Principal } from '../../common/principal.js';
import { actorClaimOf } from '../../tokens/access/actor-claim.js';
import type { RevocationService } from '../../tokens/revocation/revocation.service.js';
import type { OpenGrant } from '../grants/grant-tokens.js';
import { isUnavailable } from './failures.js';
import type { GrantsOfFlow } from './grants-of-flow.js';
import { mayIntrospectLogins } from './introspection-policy.js';
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
  const claimsOfToken = (value: string, { caller, ...token }: IssuedToken) => ({
    ...claimsOfCaller(caller),
    // Told by introspection; at userinfo a token with an audience would be one for another place.
    ...(isOfForm(value) && { aud: token.audience }),
  });
  const loginOf = async (value: string) => {
    const { client } = current().oidc;
    const session = client && mayIntrospectLogins(client) ? await grants.findLogin(value) : undefined;
    if (!session || !client) return undefined;
    const { id: grantId, subject: accountId } = session;
    const token = new provider.RefreshToken({ client, accountId, grantId, gty: 'refresh_token', scope: '' });
    // The library would look for the client of a subject or a grant that it knows.
    const unknown = { accountId: undefined, grantId: undefined, extra: { sub: accountId } };
    return Object.assign(token, ofLogin(), claimsOfGrant(session), unknown);
  };
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
      return Object.assign(token, claimsOfToken(value, known), { destroy: () => Promise.resolve() });
    },
  });
  Object.assign(provider.ClientCredentials, {
    async find(value: string) {
      const known = await verified(value);
      const caller = known?.caller;
      if (!known || !caller || isOfGrant(caller)) return undefined;
      const scope = caller.scopes.join(' ');
      if (caller.clientId === OWN_CLIENT) {
        // Userinfo is for OAuth clients; one that sets a password opens nothing else, as if there were none.
        if (!isOfForm(value) || caller.scopes.includes(PASSWORD_CHANGE_SCOPE)) return undefined;
        const { client } = current().oidc;
        const token = client && new provider.ClientCredentials({ client, scope });
        return token && Object.assign(token, claimsOfToken(value, known), ofLogin());
      }
      const client = await provider.Client.find(caller.clientId);
      if (!client) return undefined;
      const token = new provider.ClientCredentials({ client, scope });
      return Object.assign(token, claimsOfToken(value, known), {
        destroy: () => revocations.revokeToken(caller.tokenId),
      });
    },
  });
  Object.assign(provider.RefreshToken, {
    async find(value: string) {
      const { client } = current().oidc;
      const grant = client && (await grants.findByRefreshToken(value, client.clientId));
      if (!grant) return loginOf(value);
      const scope = grant.scopes.join(' ');
      const token = new provider.RefreshToken({
        client,
        accountId: grant.subject,
        grantId: grant.id,
        gty: 'refresh_token',
        scope,
      });
      // Its session is what is ended.
      return Object.assign(token, claimsOfGrant(grant), {
        jkt: grant.jkt ?? undefined,
        destroy: () => Promise.resolve(),
      });
    },
  });
}

/** Of a token that Latchkey's own routes gave: no OAuth client's, so that none can end it (RFC 7009 section 2.1). */
function ofLogin() {
  return { clientId: OWN_CLIENT, destroy: () => Promise.resolve() };
}

function claimsOfGrant({ id, issuedAt, expiresAt }: OpenGrant) {
  return { sid: id, iat: Math.floor(issuedAt / 1000), exp: Math.floor(expiresAt / 1000) };
}

/** One that was given in exchange is of a session, and not its client's to end: it ends by itself, as a client's own. */
function isOfGrant({ isClient, actors, clientId }: Principal): boolean {
  return !isClient && actors === undefined && clientId !== OWN_CLIENT;
}

function claimsOfCaller(caller: Principal) {
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
