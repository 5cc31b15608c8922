import { decodeJwt } from 'jose';
import { DpopKey, type Proof } from '../../support/dpop-key.js';
import type { TestAuthorizationServer } from './authorization-server.js';
import { signInBrowser } from './signed-in-browser.js';
import { TokenEndpoint } from './token-endpoint.js';

/** An access token of a user that is bound to a key. */
export interface BoundAccess {
  readonly token: string;
  readonly key: DpopKey;
  readonly userId: string;
}

/** Has a public client get one. */
export async function boundAccess(
  as: TestAuthorizationServer,
  scope = 'openid account',
): Promise<BoundAccess> {
  const [config, { cookie, userId }, key] = await Promise.all([
    as.client({ type: 'public' }),
    signInBrowser(as.url, as.origin),
    DpopKey.create(),
  ]);
  const { location, checks } = await as.authorize(config, cookie, { scope });
  const form = {
    grant_type: 'authorization_code',
    client_id: config.clientMetadata().client_id,
    redirect_uri: `${location.origin}${location.pathname}`,
    code: location.searchParams.get('code') ?? '',
    code_verifier: String(checks.pkceCodeVerifier),
  };
  const endpoint = new TokenEndpoint(as.url);
  const said: Proof = { htu: `${as.origin}/oauth/token` };
  const { nonce } = await endpoint.ask(form, await key.proof(said));
  const { body } = await endpoint.ask(form, await key.proof({ ...said, nonce }));
  const token = String(body['access_token']);
  if (decodeJwt(token)['cnf'] === undefined) throw new Error('The token is bound to no key.');
  return { token, key, userId };
}
