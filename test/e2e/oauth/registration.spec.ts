import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { exportJWK, generateKeyPair } from 'jose';
import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';
import { auditEvents } from '../../../src/audit/audit-events.table.js';
import { DatabaseConnection } from '../../../src/database/database.js';
import { OPERATOR } from '../../../src/oauth/clients/client-writer.js';
import { OAuthClients } from '../../../src/oauth/clients/oauth-clients.js';
import type { InitialAccessTokenSettings } from '../../../src/oauth/registration/initial-access-token.js';
import { InitialAccessTokens } from '../../../src/oauth/registration/initial-access-tokens.js';
import { initialAccessTokens } from '../../../src/oauth/registration/initial-access-tokens.table.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { CALLBACK, TestAuthorizationServer } from './authorization-server.js';
import { signInBrowser } from './signed-in-browser.js';

const HOUR = 3_600_000;
const WEB = { client_name: 'Partner', redirect_uris: ['https://partner.example.com/callback'] };

async function newToken(
  as: TestAuthorizationServer,
  settings: Partial<InitialAccessTokenSettings> = {},
): ReturnType<InitialAccessTokens['create']> {
  return as.server.app.get(InitialAccessTokens, { strict: false }).create(
    {
      name: 'Partner',
      grants: ['authorization_code', 'refresh_token'],
      scopes: ['openid', 'email'],
      uses: 100,
      ...settings,
    },
    HOUR,
    OPERATOR,
  );
}

async function register(as: TestAuthorizationServer, metadata: unknown, token?: string) {
  const answer = await fetch(`${as.url}/oauth/register`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(metadata),
  });
  return {
    status: answer.status,
    headers: answer.headers,
    body: (await answer.json()) as Record<string, unknown> & { client_id: string; client_secret?: string },
  };
}

describeOnEachDatabase('An application that registers itself (RFC 7591)', (environment) => {
  let as: TestAuthorizationServer;
  let clients: OAuthClients;
  let token: string;

  beforeAll(async () => {
    as = await TestAuthorizationServer.start({
      environment: { ...environment(), OAUTH_REGISTRATION: 'on' },
    });
    clients = as.server.app.get(OAuthClients, { strict: false });
    ({ token } = await newToken(as));
  });
  afterAll(() => as.close());

  it('signs people in with openid-client, and they are asked for consent', async () => {
    const config = await oidc.dynamicClientRegistration(
      new URL(as.origin),
      {
        client_name: 'Partner',
        redirect_uris: [CALLBACK],
        grant_types: ['authorization_code', 'refresh_token'],
      },
      undefined,
      // oxlint-disable-next-line typescript/no-deprecated -- on loopback
      { initialAccessToken: token, execute: [oidc.allowInsecureRequests] },
    );
    const { client_id: id } = config.clientMetadata();
    expect(await clients.find(id)).toMatchObject({ firstParty: false, scopes: ['openid', 'email'] });
    const { cookie } = await signInBrowser(as.url, as.origin);
    const { location } = await as.authorize(config, cookie);
    expect(location.pathname).toMatch(/^\/account\/authorize\//);
  });

  it('gets tokens of its own with oauth4webapi, where its token lets it', async () => {
    const machine = await newToken(as, { grants: ['client_credentials'], scopes: ['profile'] });
    const issuer = new URL(as.origin);
    // oxlint-disable-next-line typescript/no-deprecated -- on loopback
    const insecure = { [oauth.allowInsecureRequests]: true };
    const server = await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, insecure),
    );
    const answer = await oauth.dynamicClientRegistrationRequest(
      server,
      { client_name: 'Job' },
      { ...insecure, initialAccessToken: machine.token },
    );
    const client = await oauth.processDynamicClientRegistrationResponse(answer);
    expect(client).toMatchObject({
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
    });
    const tokens = await oauth.clientCredentialsGrantRequest(
      server,
      client,
      oauth.ClientSecretBasic(client.client_secret as string),
      { scope: 'profile' },
      insecure,
    );
    expect(await oauth.processClientCredentialsResponse(server, client, tokens)).toMatchObject({
      scope: 'profile',
    });
  });

  it('is told all that is kept of it, and its secret this once', async () => {
    const { status, headers, body } = await register(
      as,
      {
        ...WEB,
        scope: 'openid',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        dpop_bound_access_tokens: true,
        subject_type: 'pairwise',
        logo_uri: 'https://partner.example.com/logo.png',
      },
      token,
    );
    expect(status).toBe(201);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      ...WEB,
      client_id: expect.any(String),
      client_id_issued_at: expect.any(Number),
      client_secret: expect.stringMatching(/^lk_cs_[\w-]{43}$/),
      client_secret_expires_at: 0,
      application_type: 'web',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      post_logout_redirect_uris: [],
      scope: 'openid',
      token_endpoint_auth_method: 'client_secret_basic',
      require_pushed_authorization_requests: false,
      dpop_bound_access_tokens: true,
      subject_type: 'pairwise',
      id_token_signed_response_alg: 'ES256',
    });
    expect(await clients.verifySecret(body.client_id, String(body.client_secret))).toBe(true);
  });

  it('has a public key in place of a secret', async () => {
    const { publicKey } = await generateKeyPair('ES256');
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'a' }] };
    const { status, body } = await register(
      as,
      { ...WEB, token_endpoint_auth_method: 'private_key_jwt', jwks },
      token,
    );
    expect(status).toBe(201);
    expect(body['jwks']).toEqual(jwks);
    expect(body.client_secret).toBeUndefined();
  });

  it('is listed among the clients, with the token that it came by, and deleted like the others', async () => {
    const made = await newToken(as);
    const { body } = await register(as, { ...WEB, token_endpoint_auth_method: 'none' }, made.token);
    const stored = await clients.read(body.client_id);
    expect(stored.client).toMatchObject({ type: 'public', registeredWith: made.id, fixed: false });
    const { db } = as.server.app.get(DatabaseConnection, { strict: false });
    const events = await db.select().from(auditEvents).where(eq(auditEvents.type, 'client.created'));
    expect(events.map(({ actorKind, details }) => ({ actorKind, details }))).toContainEqual({
      actorKind: 'anonymous',
      details: { clientId: body.client_id, initialAccessTokenId: made.id },
    });
    await clients.delete(body.client_id, OPERATOR);
    expect(await clients.find(body.client_id)).toBeUndefined();
  });

  describe('is refused', () => {
    const without = (uris: unknown) => ({ ...WEB, redirect_uris: uris });

    // RFC 9700 section 4.1: what is compared later is no pattern, and leads to no other place than it seems to.
    it.each([
      ['a wildcard in the host', 'https://*.example.com/callback'],
      ['a wildcard in the path', 'https://partner.example.com/*'],
      ['a fragment', 'https://partner.example.com/callback#x'],
      ['an empty fragment', 'https://partner.example.com/callback#'],
      ['http', 'http://partner.example.com/callback'],
      ['http on what is called like loopback', 'http://127.0.0.1.example.com/callback'],
      ['loopback as a user name', 'http://127.0.0.1@example.com/callback'],
      ['a user name', 'https://partner.example.com@evil.example.com/callback'],
      ['localhost for a confidential client', 'http://localhost/callback'],
      ['a loopback address in another form', 'http://0x7f.1/callback'],
      ['javascript:', 'javascript:alert(1)'],
      ['data:', 'data:text/html,hello'],
      ['vbscript:', 'vbscript:x'],
      ['blob:', 'blob:https://partner.example.com/x'],
      ['file:', 'file:///etc/passwd'],
      ['a scheme without a dot', 'partner:/callback'],
      ['dot segments', 'https://partner.example.com/a/../callback'],
      ['dot segments, encoded', 'https://partner.example.com/a/%2e%2e/callback'],
      ['a backslash', 'https://partner.example.com\\@evil.example.com/'],
      ['a space', ' https://partner.example.com/callback'],
      ['a line break', 'https://partner.example.com/\ncallback'],
      ['no scheme', '//partner.example.com/callback'],
      ['nothing', ''],
    ])('with a redirect URI that has %s', async (_what, uri) => {
      for (const uris of [[uri], ['https://partner.example.com/callback', uri]]) {
        const { status, body } = await register(as, without(uris), token);
        expect({ status, error: body['error'] }).toEqual({ status: 400, error: 'invalid_redirect_uri' });
        expect(body['error_description']).toMatch(/^redirect_uris/);
      }
    });

    it.each([
      ['none', undefined],
      ['an empty list', []],
      ['no list', 'https://partner.example.com/callback'],
      ['an object', { 0: 'https://partner.example.com/callback' }],
      ['null', null],
      ['a number', [1]],
    ])('with %s of redirect URIs', async (_what, uris) => {
      const { status, body } = await register(as, without(uris), token);
      expect({ status, error: body['error'] }).toEqual({ status: 400, error: 'invalid_redirect_uri' });
    });

    it.each([
      ['more scopes than its token has', { scope: 'openid email users:write' }],
      ['scopes that are a list', { scope: ['openid'] }],
      ['another grant than its token has', { grant_types: ['authorization_code', 'client_credentials'] }],
      ['an implicit grant', { grant_types: ['implicit'], response_types: ['token'] }],
      ['a password grant', { grant_types: ['password'] }],
      ['response types without their grant', { response_types: ['code', 'id_token'] }],
      ['a secret in the form', { token_endpoint_auth_method: 'client_secret_post' }],
      [
        'a jwks_uri',
        { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://partner.example.com/jwks' },
      ],
      ['a sector_identifier_uri', { sector_identifier_uri: 'https://partner.example.com/uris.json' }],
      ['request_uris', { request_uris: ['https://partner.example.com/request.jwt'] }],
      ['a key beside no private_key_jwt', { jwks: { keys: [] } }],
      ['a logout address inside', { backchannel_logout_uri: 'http://10.0.0.1/logout' }],
      [
        'a return address after logout without https',
        { post_logout_redirect_uris: ['http://evil.example.com/'] },
      ],
      ['no name', { client_name: undefined }],
      ['a name that is none', { client_name: { toString: 'x' } }],
      ['text where a switch is', { dpop_bound_access_tokens: 'yes' }],
    ])('with %s', async (_what, metadata) => {
      const { status, body } = await register(as, { ...WEB, ...metadata }, token);
      expect({ status, error: body['error'] }).toEqual({ status: 400, error: 'invalid_client_metadata' });
    });

    it.each([['[]'], ['null'], ['"x"'], ['{']])('with the body %s', async (body) => {
      const answer = await fetch(`${as.url}/oauth/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body,
      });
      expect(answer.status).toBe(400);
    });

    it('without a token, and with one that is none', async () => {
      const missing = await register(as, WEB);
      expect(missing.status).toBe(401);
      expect(missing.headers.get('www-authenticate')).toBe(`Bearer realm="${as.origin}"`);
      const wrong = await register(as, WEB, `lk_it_${'A'.repeat(43)}`);
      expect(wrong.status).toBe(401);
      expect(wrong.body['error']).toBe('invalid_token');
      expect(wrong.headers.get('www-authenticate')).toMatch(/^Bearer .*error="invalid_token"/);
    });

    it('with an access token of an administrator', async () => {
      const { body } = await as.server.api.register();
      expect((await register(as, WEB, body.accessToken)).status).toBe(401);
    });
  });

  it('gets nothing of what only administrators say of a client', async () => {
    const raised = {
      firstParty: true,
      first_party: true,
      fixed: true,
      builtIn: true,
      id: 'latchkey-docs',
      client_id: 'latchkey-docs',
      client_secret: 'chosen',
      sid: randomUUID(),
      registeredWith: randomUUID(),
      audiences: ['https://api.example.com'],
      origins: ['https://evil.example.com'],
      scopes: ['users:write'],
      grants: ['client_credentials'],
      accessTokenTtl: 86_400,
      refreshTokenTtl: 315_360_000,
      grantMaxAge: 315_360_000,
      sector: 'victim.example.com',
      subjectSector: 'victim.example.com',
      disabled: false,
      ['__proto__']: { firstParty: true },
      constructor: { firstParty: true },
    };
    const { status, body } = await register(as, { ...raised, ...WEB }, token);
    expect(status).toBe(201);
    expect(body.client_id).not.toBe('latchkey-docs');
    const { client } = await clients.read(body.client_id);
    expect(client).toMatchObject({
      firstParty: false,
      fixed: false,
      audiences: [],
      origins: [],
      scopes: ['openid', 'email'],
      grants: ['authorization_code'],
      accessTokenTtl: null,
      refreshTokenTtl: null,
      grantMaxAge: null,
      sector: null,
    });
    expect(client.sid).not.toBe(raised.sid);
    expect(await clients.verifySecret(client.id, 'chosen')).toBe(false);
  });

  it('uses its token so often as that allows, and not for what is refused', async () => {
    const { token: twice } = await newToken(as, { uses: 2 });
    expect((await register(as, { ...WEB, redirect_uris: ['http://evil.example.com'] }, twice)).status).toBe(
      400,
    );
    expect((await register(as, WEB, twice)).status).toBe(201);
    expect((await register(as, WEB, twice)).status).toBe(201);
    expect((await register(as, WEB, twice)).status).toBe(401);
  });

  it('is one of many that race for the uses of a token', async () => {
    const made = await newToken(as, { uses: 3 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => register(as, WEB, made.token)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(3);
    expect(statuses.filter((status) => status === 401)).toHaveLength(17);
    const all = await clients.list({ limit: 1000, after: undefined });
    expect(all.filter(({ client }) => client.registeredWith === made.id)).toHaveLength(3);
  });

  it('is refused with a token that was revoked or has expired', async () => {
    const tokens = as.server.app.get(InitialAccessTokens, { strict: false });
    const revoked = await newToken(as);
    await tokens.revoke(revoked.id, OPERATOR);
    expect((await register(as, WEB, revoked.token)).status).toBe(401);
    const expired = await newToken(as);
    as.server.clock.advance(HOUR + 1);
    expect((await register(as, WEB, expired.token)).status).toBe(401);
    ({ token } = await newToken(as));
  });

  it('leaves no token in the store', async () => {
    const { db } = as.server.app.get(DatabaseConnection, { strict: false });
    const rows = await db.select().from(initialAccessTokens);
    expect(JSON.stringify(rows)).not.toContain('lk_it_');
    expect(rows.every(({ hash }) => /^[0-9a-f]{64}$/.test(hash))).toBe(true);
  });

  it('cannot be read or changed by what registered it', async () => {
    const { body } = await register(as, WEB, token);
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const answer = await fetch(`${as.url}/oauth/register/${body.client_id}`, {
        method,
        headers: { authorization: `Bearer ${token}` },
      });
      expect([401, 404, 405]).toContain(answer.status);
    }
  });
});

describe('Registration by default', () => {
  it('is not offered, and answers nothing', async () => {
    const as = await TestAuthorizationServer.start();
    try {
      const metadata = await fetch(`${as.url}/.well-known/openid-configuration`);
      expect(await metadata.json()).not.toHaveProperty('registration_endpoint');
      const { token } = await newToken(as);
      const answer = await fetch(`${as.url}/oauth/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(WEB),
      });
      expect(answer.status).toBe(404);
    } finally {
      await as.close();
    }
  });
});

describe('Registrations from one address', () => {
  it('are limited', async () => {
    const as = await TestAuthorizationServer.start({
      environment: { OAUTH_REGISTRATION: 'on', OAUTH_RATE_LIMIT: '3/1h' },
    });
    try {
      for (let tried = 0; tried < 3; tried += 1)
        expect((await register(as, WEB, 'lk_it_guessed')).status).toBe(401);
      expect((await register(as, WEB, 'lk_it_guessed')).status).toBe(429);
    } finally {
      await as.close();
    }
  });
});
