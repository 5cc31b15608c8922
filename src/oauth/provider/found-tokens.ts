import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Principal } from '../../common/principal.js';
import type { AccessTokenVerifier } from '../../tokens/access/access-token-verifier.js';
import type { RevocationService } from '../../tokens/revocation/revocation.service.js';
import type { GrantTokens } from '../grants/grant-tokens.js';
import { isOfForm, tokenOfForm } from './token-form.js';

/** What tokens are found with. */
interface FoundParts {
  readonly verifier: AccessTokenVerifier;
  readonly grants: GrantTokens;
  readonly revocations: RevocationService;
  /** `aud` of access tokens. */
  readonly audience: string;
}

/** What comes back is a token of ours: known by its signature, and alive as long as its session. */
export function findOwnTokens(
  provider: Provider,
  { verifier, grants, revocations, audience }: FoundParts,
  current: () => KoaContextWithOIDC,
): void {
  const verified = async (value: string): Promise<Principal | undefined> => {
    try {
      return await verifier.authenticate(tokenOfForm(value), 'any');
    } catch {
      return undefined;
    }
  };
  const said = (value: string, { issuedAt, expiresAt, tokenId, sessionId, roles, jkt }: Principal) => ({
    iat: Math.floor(issuedAt / 1000),
    exp: Math.floor(expiresAt / 1000),
    jti: tokenId,
    sid: sessionId,
    extra: { roles },
    jkt,
    // Told by introspection; at userinfo a token with an audience would be one for another place.
    ...(isOfForm(value) && { aud: audience }),
  });
  Object.assign(provider.AccessToken, {
    async find(value: string) {
      const caller = await verified(value);
      const grant = caller && !caller.isClient ? await grants.find(caller.sessionId) : undefined;
      const client = grant && (await provider.Client.find(grant.clientId));
      if (!caller || !grant || !client) return undefined;
      const token = new provider.AccessToken({
        client,
        accountId: caller.subject,
        grantId: grant.id,
        gty: 'authorization_code',
        scope: caller.scopes.join(' '),
      });
      return Object.assign(token, said(value, caller), { destroy: () => Promise.resolve() });
    },
  });
  Object.assign(provider.ClientCredentials, {
    async find(value: string) {
      const caller = await verified(value);
      const client = caller?.isClient ? await provider.Client.find(caller.clientId) : undefined;
      if (!caller || !client) return undefined;
      const token = new provider.ClientCredentials({ client, scope: caller.scopes.join(' ') });
      return Object.assign(token, said(value, caller), {
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
