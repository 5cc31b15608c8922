import type { Provider, TokenEndpointGrantContext } from 'oidc-provider';
import type { GrantedSession, GrantTokens } from '../grants/grant-tokens.js';
import { accountOf } from './accounts.js';
import { contextFor, methodReferences } from './authentication-context.js';
import { flowOf } from './flow-memory.js';
import { type ProtocolErrors, refuseGrant } from './grant-errors.js';
import { audienceOf } from './resource-indicators.js';
import { type ProofHelpers, dpopThumbprint } from './dpop-thumbprint.js';

/** Of the request (RFC 6749 section 6). */
interface RefreshParameters {
  readonly refresh_token?: string;
  readonly scope?: string;
  readonly resource?: string;
}

/** What the grant needs of the rest. */
interface RefreshParts {
  readonly grants: GrantTokens;
  readonly errors: ProtocolErrors;
  readonly proofs: ProofHelpers;
  /** `aud` of access tokens for Latchkey's own routes. */
  readonly audience: string;
}

/**
 * The grant `refresh_token` by Latchkey's own rotation: several requests at once with one token get the same successor, a later
 * use ends the session. The library's own would refuse all of them but one.
 */
export function registerRefreshGrant(provider: Provider, parts: RefreshParts): void {
  const { grants, errors, proofs } = parts;
  const handler = async (context: TokenEndpointGrantContext<RefreshParameters>) => {
    const { client, params } = context.oidc;
    if (!params.refresh_token) throw new errors.InvalidRequest("missing required parameter 'refresh_token'");
    const jkt = await dpopThumbprint(proofs, provider, context);
    const flow = flowOf(context);
    const wanted = {
      clientId: client.clientId,
      scopes: params.scope?.split(' '),
      audience: params.resource === undefined ? undefined : audienceOf(params.resource, parts.audience),
      jkt,
    };
    const tokens = await grants
      .refresh(params.refresh_token, wanted, flow.client)
      .catch((error: unknown) => refuseGrant(errors, error));
    flow.tokens = tokens;
    const idToken = await idTokenFor(provider, context, tokens);
    context.body = {
      access_token: tokens.accessToken,
      expires_in: tokens.expiresIn,
      ...(idToken !== undefined && { id_token: idToken }),
      refresh_token: tokens.refreshToken,
      scope: tokens.grant.scopes.join(' '),
      token_type: jkt === undefined ? 'Bearer' : 'DPoP',
    };
  };
  provider.registerGrantType('refresh_token', handler, ['refresh_token', 'scope', 'resource']);
}

/** OpenID Connect Core section 12.2: without a nonce, and with the time and manner of the sign-in. */
async function idTokenFor(
  provider: Provider,
  context: TokenEndpointGrantContext,
  { grant: { scopes, authenticatedAt, methods }, user }: GrantedSession,
): Promise<string | undefined> {
  if (!scopes.includes('openid')) return undefined;
  const account = accountOf(user);
  context.oidc.entity('Account', account);
  const scope = scopes.join(' ');
  const claims = await account.claims('id_token', scope, {}, []);
  const seconds = Math.floor(authenticatedAt / 1000);
  const amr = methodReferences(methods);
  const signIn = { auth_time: seconds, amr, acr: contextFor(amr, undefined) };
  const token = new provider.IdToken({ ...claims, ...signIn }, { ctx: context });
  return Object.assign(token, { scope, mask: { auth_time: null }, rejected: [] }).issue({ use: 'idtoken' });
}
