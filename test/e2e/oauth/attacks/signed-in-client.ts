import * as oidc from 'openid-client';
import type { TestAuthorizationServer } from '../authorization-server.js';
import { type SignedInBrowser, signInBrowser } from '../signed-in-browser.js';
import { basicOf, TokenEndpoint } from '../token-endpoint.js';

/** A client, and who is signed in and uses it. */
export interface SignedInClient extends SignedInBrowser {
  readonly config: oidc.Configuration;
  readonly id: string;
  /** As the client asks it. */
  readonly endpoint: TokenEndpoint;
}

/** @param settings of the client */
export async function signInForClient(
  as: TestAuthorizationServer,
  settings: Parameters<TestAuthorizationServer['client']>[0] = {},
): Promise<SignedInClient> {
  const [{ client, secret }, person] = await Promise.all([
    as.newClient(settings),
    signInBrowser(as.url, as.origin),
  ]);
  const authentication = secret === undefined ? oidc.None() : oidc.ClientSecretBasic(secret);
  const config = await oidc.discovery(new URL(as.origin), client.id, undefined, authentication, {
    // oxlint-disable-next-line typescript/no-deprecated -- on loopback
    execute: [oidc.allowInsecureRequests],
  });
  const endpoint = new TokenEndpoint(as.url, secret === undefined ? undefined : basicOf(client.id, secret));
  return { ...person, config, id: client.id, endpoint };
}
