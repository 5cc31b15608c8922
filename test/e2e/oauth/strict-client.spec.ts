import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oauth from 'oauth4webapi';
import { CALLBACK, TestAuthorizationServer } from './authorization-server.js';
import { signInBrowser } from './signed-in-browser.js';

/** It takes no plain HTTP else, also on this machine. */
// oxlint-disable-next-line typescript/no-deprecated -- on loopback
const LOOPBACK = { [oauth.allowInsecureRequests]: true };

let as: TestAuthorizationServer;
let metadata: oauth.AuthorizationServer;
let client: oauth.Client;
let authentication: oauth.ClientAuth;
let cookie: string;
let userId: string;

beforeAll(async () => {
  as = await TestAuthorizationServer.start();
  const made = await as.newClient({ grants: ['authorization_code', 'refresh_token', 'client_credentials'] });
  client = { client_id: made.client.id };
  authentication = oauth.ClientSecretBasic(made.secret ?? '');
  ({ cookie, userId } = await signInBrowser(as.url, as.origin));
});

afterAll(() => as.close());

/** What a browser is sent back with. */
async function sentBack(url: URL): Promise<URL> {
  const answer = await fetch(url, { headers: { cookie }, redirect: 'manual' });
  return new URL(answer.headers.get('location') ?? '');
}

function authorizationUrl(parameters: Record<string, string>): URL {
  const url = new URL(metadata.authorization_endpoint ?? '');
  url.search = new URLSearchParams(parameters).toString();
  return url;
}

async function requestOf(verifier: string, nonce: string, state: string): Promise<Record<string, string>> {
  return {
    client_id: client.client_id,
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid email account',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    nonce,
    state,
  };
}

describe('To a client that checks each answer strictly', () => {
  it.each(['oidc', 'oauth2'] as const)('the metadata is right, by the address of %s', async (algorithm) => {
    const issuer = new URL(as.origin);
    const answer = await oauth.discoveryRequest(issuer, { algorithm, ...LOOPBACK });
    metadata = await oauth.processDiscoveryResponse(issuer, answer);
    expect(metadata.authorization_response_iss_parameter_supported).toBe(true);
  });

  it.each(['at the address', 'pushed ahead'])(
    'the code flow is, with its request %s: ID token, userinfo, refresh, introspection and revocation',
    async (how) => {
      const verifier = oauth.generateRandomCodeVerifier();
      const [nonce, state] = [oauth.generateRandomNonce(), oauth.generateRandomState()];
      let parameters = await requestOf(verifier, nonce, state);
      if (how === 'pushed ahead') {
        const answer = await oauth.pushedAuthorizationRequest(
          metadata,
          client,
          authentication,
          parameters,
          LOOPBACK,
        );
        const pushed = await oauth.processPushedAuthorizationResponse(metadata, client, answer);
        parameters = { client_id: client.client_id, request_uri: pushed.request_uri };
      }
      const location = await sentBack(authorizationUrl(parameters));
      const callback = oauth.validateAuthResponse(metadata, client, location, state);
      const exchanged = await oauth.authorizationCodeGrantRequest(
        metadata,
        client,
        authentication,
        callback,
        CALLBACK,
        verifier,
        LOOPBACK,
      );
      const tokens = await oauth.processAuthorizationCodeResponse(metadata, client, exchanged, {
        expectedNonce: nonce,
        maxAge: 600,
        requireIdToken: true,
      });
      await oauth.validateApplicationLevelSignature(metadata, exchanged, LOOPBACK);
      expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({ sub: userId, aud: client.client_id });

      const told = await oauth.userInfoRequest(metadata, client, tokens.access_token, LOOPBACK);
      expect(await oauth.processUserInfoResponse(metadata, client, userId, told)).toMatchObject({
        sub: userId,
      });

      const { refresh_token: first = '' } = tokens;
      const renewed = await oauth.refreshTokenGrantRequest(metadata, client, authentication, first, LOOPBACK);
      const refreshed = await oauth.processRefreshTokenResponse(metadata, client, renewed);
      expect(oauth.getValidatedIdTokenClaims(refreshed)).toMatchObject({ sub: userId });

      const introspect = async () => {
        const answer = await oauth.introspectionRequest(
          metadata,
          client,
          authentication,
          refreshed.access_token,
          LOOPBACK,
        );
        return oauth.processIntrospectionResponse(metadata, client, answer);
      };
      expect(await introspect()).toMatchObject({ active: true, sub: userId, iss: as.origin });
      const revoked = await oauth.revocationRequest(
        metadata,
        client,
        authentication,
        refreshed.refresh_token ?? '',
        LOOPBACK,
      );
      await oauth.processRevocationResponse(revoked);
      expect(await introspect()).toEqual({ active: false });
    },
  );

  it('an access token of the code flow is one of RFC 9068', async () => {
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const location = await sentBack(authorizationUrl(await requestOf(verifier, 'n', state)));
    const exchanged = await oauth.authorizationCodeGrantRequest(
      metadata,
      client,
      authentication,
      oauth.validateAuthResponse(metadata, client, location, state),
      CALLBACK,
      verifier,
      LOOPBACK,
    );
    const tokens = await oauth.processAuthorizationCodeResponse(metadata, client, exchanged, {
      expectedNonce: 'n',
    });
    const request = new Request(`${as.origin}/orders`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    const claims = await oauth.validateJwtAccessToken(metadata, request, as.origin, LOOPBACK);
    expect(claims).toMatchObject({ sub: userId, client_id: client.client_id });
  });

  it('a client’s own token is, and one that is refused is in the protocol’s words', async () => {
    const answer = await oauth.clientCredentialsGrantRequest(metadata, client, authentication, {}, LOOPBACK);
    const { access_token } = await oauth.processClientCredentialsResponse(metadata, client, answer);
    expect(access_token).toEqual(expect.any(String));
    const wrong = oauth.ClientSecretBasic('wrong');
    const refused = await oauth.clientCredentialsGrantRequest(metadata, client, wrong, {}, LOOPBACK);
    // A challenge of RFC 7235 comes with it.
    await expect(oauth.processClientCredentialsResponse(metadata, client, refused)).rejects.toThrow(
      oauth.WWWAuthenticateChallengeError,
    );
    const revoked = await oauth.userInfoRequest(metadata, client, 'eyJ.eyJ.eyJ', LOOPBACK);
    await expect(oauth.processUserInfoResponse(metadata, client, userId, revoked)).rejects.toThrow(
      oauth.WWWAuthenticateChallengeError,
    );
  });

  it('the answer of a browser is refused that was sent there by another server (mix-up, RFC 9207)', async () => {
    const state = oauth.generateRandomState();
    const verifier = oauth.generateRandomCodeVerifier();
    const location = await sentBack(authorizationUrl(await requestOf(verifier, 'n', state)));
    expect(location.searchParams.get('iss')).toBe(as.origin);
    const other = { ...metadata, issuer: 'https://other.example.com' };
    expect(() => oauth.validateAuthResponse(other, client, location, state)).toThrow('"iss"');
    location.searchParams.delete('iss');
    expect(() => oauth.validateAuthResponse(metadata, client, location, state)).toThrow('"iss"');
  });
});
