import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import * as oidc from 'openid-client';
import type { NewClient } from '../../../src/oauth/clients/new-client.js';
import { EndpointLimits } from '../../../src/oauth/provider/endpoint-limits.js';
import type { Platform } from '../access/extended-app.js';
import { PASSWORD } from '../../support/api-client.js';
import { type Metrics, readMetrics } from '../../support/metrics.js';
import { RecordedSpans } from '../../support/recorded-spans.js';
import { eventually } from '../support/eventually.js';
import { CALLBACK, TestAuthorizationServer } from './authorization-server.js';
import { type SignedInBrowser, signInBrowser } from './signed-in-browser.js';
import { basicOf, type TokenAnswer, TokenEndpoint } from './token-endpoint.js';

/** Requests of every kind, and the route that each is one of. */
const REQUESTS = [
  ['GET', '/oauth/authorize?client_id=secret', '/oauth/authorize'],
  ['GET', '/oauth/authorize/secret', '/oauth/authorize/:uid'],
  ['POST', '/oauth/token', '/oauth/token'],
  ['POST', '/oauth/par', '/oauth/par'],
  ['POST', '/oauth/device_authorization', '/oauth/device_authorization'],
  ['GET', '/oauth/userinfo', '/oauth/userinfo'],
  ['POST', '/oauth/introspect', '/oauth/introspect'],
  ['POST', '/oauth/revoke', '/oauth/revoke'],
  ['POST', '/oauth/register', '/oauth/register'],
  ['GET', '/oauth/logout?state=secret', '/oauth/logout'],
  ['POST', '/oauth/logout/confirm', '/oauth/logout/confirm'],
  ['GET', '/oauth/logout/success', '/oauth/logout/success'],
  ['GET', '/oauth/secret', '(no route)'],
  ['GET', '/.well-known/openid-configuration', '/.well-known/openid-configuration'],
  ['GET', '/.well-known/oauth-authorization-server', '/.well-known/oauth-authorization-server'],
] as const;

const ROUTES = REQUESTS.map(([method, , route]) => `${method} ${route}`).toSorted();

async function sendAll(url: string): Promise<void> {
  for (const [method, path] of REQUESTS) await fetch(url + path, { method, redirect: 'manual' });
}

/** `GET /oauth/authorize` … of what was counted. */
function countedIn(metrics: Metrics): string[] {
  const counts = [...metrics.keys()].flatMap((name) => {
    const found = /^latchkey_http_requests_total\{route="([^"]+)",method="([^"]+)"/.exec(name);
    return found ? [`${found[2]} ${found[1]}`] : [];
  });
  return counts.filter((request) => !request.endsWith('/metrics')).toSorted();
}

describe('What the authorization server is asked', () => {
  let spans: RecordedSpans;
  let as: TestAuthorizationServer;

  beforeAll(async () => {
    spans = new RecordedSpans();
    as = await TestAuthorizationServer.start();
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  afterAll(async () => {
    await as.close();
    await spans.end();
  });

  it('has the name of its route in the access log, the metrics and the traces', async () => {
    const logged = jest.spyOn(Logger.prototype, 'log').mockImplementation(() => {});
    await sendAll(as.url);
    await eventually(async () => expect(countedIn(await readMetrics(as.url))).toEqual(ROUTES));

    const paths = logged.mock.calls.map(([line]) => (line as { readonly path?: string }).path);
    expect(paths).toEqual(expect.arrayContaining(['/oauth/authorize/:uid', '/oauth/token', '/oauth/revoke']));
    expect(paths.filter((path) => path === '(no route)')).toHaveLength(1);
    expect(JSON.stringify(logged.mock.calls)).not.toContain('secret');
    const traced = spans.all.filter(({ name }) => name.includes('/oauth/'));
    expect(traced.map(({ name, attributes }) => [name, attributes['http.route']])).toEqual(
      REQUESTS.filter(([, , route]) => route.startsWith('/oauth/')).map(([method, , route]) => [
        `${method} ${route}`,
        route,
      ]),
    );
  });

  it('has the name of its route in the log where it fails, too', async () => {
    const told = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => {});
    const limits = as.server.app.get(EndpointLimits, { strict: false });
    jest.spyOn(limits, 'takeOfAddress').mockRejectedValue(new Error('The disk is full.'));
    const { status } = await fetch(`${as.url}/oauth/Authorize/secret?code=secret`);
    expect(status).toBe(500);
    expect(told.mock.calls).toEqual([
      [
        expect.objectContaining({
          message: 'GET /oauth/authorize/:uid failed: The disk is full.',
        }),
      ],
    ]);
  });
});

/** A line that says why. */
interface RefusalLine {
  readonly error: string;
  readonly reason: string;
  readonly clientId?: string;
  readonly grantType?: string;
  readonly requestId: string;
  readonly message: string;
}

describe('A request that is refused', () => {
  const logged: unknown[] = [];
  let as: TestAuthorizationServer;
  let person: SignedInBrowser;
  let config: oidc.Configuration;
  let clientId: string;
  let token: TokenEndpoint;

  beforeAll(async () => {
    as = await TestAuthorizationServer.start();
    person = await signInBrowser(as.url, as.origin);
    const { client, secret } = await as.newClient();
    clientId = client.id;
    config = await as.clientOf(client.id, secret);
    token = new TokenEndpoint(as.url, basicOf(client.id, secret));
  });
  beforeEach(() => {
    logged.length = 0;
    jest.spyOn(Logger.prototype, 'log').mockImplementation((line: unknown) => void logged.push(line));
    jest.spyOn(Logger.prototype, 'debug').mockImplementation(() => {});
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  afterAll(() => as.close());

  const refusals = () =>
    logged.filter(
      (line): line is RefusalLine => typeof line === 'object' && line !== null && 'reason' in line,
    );

  /** A code, and all that is sent with it. */
  async function codeForm(): Promise<Record<string, string>> {
    const { location, checks } = await as.authorize(config, person.cookie, { scope: 'openid account' });
    return {
      grant_type: 'authorization_code',
      code: location.searchParams.get('code') ?? '',
      redirect_uri: CALLBACK,
      code_verifier: checks.pkceCodeVerifier ?? '',
    };
  }

  async function granted(): Promise<{ refreshToken: string; accessToken: string }> {
    const { body } = await token.ask(await codeForm());
    return { refreshToken: String(body['refresh_token']), accessToken: String(body['access_token']) };
  }

  const refresh = (refresh_token: string, from = token) =>
    from.ask({ grant_type: 'refresh_token', refresh_token });

  async function other(settings: Partial<NewClient> = {}): Promise<TokenEndpoint> {
    const { client, secret } = await as.newClient(settings);
    return new TokenEndpoint(as.url, basicOf(client.id, secret));
  }

  it.each<[string, string, string, () => Promise<TokenAnswer>]>([
    [
      'a code that does not exist',
      'invalid_grant',
      'authorization code not found',
      async () => token.ask({ ...(await codeForm()), code: 'another' }),
    ],
    [
      'a code that has expired',
      'invalid_grant',
      'authorization code is expired',
      async () => {
        const form = await codeForm();
        const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 61_000);
        try {
          return await token.ask(form);
        } finally {
          now.mockRestore();
        }
      },
    ],
    [
      'a code that was used',
      'invalid_grant',
      'authorization code already consumed',
      async () => {
        const form = await codeForm();
        await token.ask(form);
        return token.ask(form);
      },
    ],
    [
      'a code of another client',
      'invalid_grant',
      'client mismatch',
      async () => (await other()).ask(await codeForm()),
    ],
    [
      'a code for another address',
      'invalid_grant',
      'authorization code redirect_uri mismatch',
      async () => token.ask({ ...(await codeForm()), redirect_uri: `${CALLBACK}/other` }),
    ],
    [
      'a code with another verifier (PKCE)',
      'invalid_grant',
      'code_verifier does not match code_challenge',
      async () => token.ask({ ...(await codeForm()), code_verifier: 'v'.repeat(43) }),
    ],
    [
      'a code whose user has signed out since',
      'invalid_grant',
      'The session has ended; log in again.',
      async () => {
        const leaving = await signInBrowser(as.url, as.origin);
        const { location, checks } = await as.authorize(config, leaving.cookie, { scope: 'openid' });
        await signOutEverywhere(leaving);
        return token.ask({
          ...(await codeForm()),
          code: location.searchParams.get('code') ?? '',
          code_verifier: checks.pkceCodeVerifier ?? '',
        });
      },
    ],
    [
      'a refresh token that does not exist',
      'invalid_grant',
      'The refresh token is not valid.',
      () => refresh('lk_rt_another'),
    ],
    [
      'a refresh token of another client',
      'invalid_grant',
      'The refresh token is not valid.',
      async () => refresh((await granted()).refreshToken, await other()),
    ],
    [
      'a refresh token whose grant was revoked',
      'invalid_grant',
      'The session has ended; log in again.',
      async () => {
        const { refreshToken } = await granted();
        await oidc.tokenRevocation(config, refreshToken);
        return refresh(refreshToken);
      },
    ],
    [
      'a token request without the proof that the client needs (DPoP)',
      'invalid_grant',
      'DPoP proof JWT not provided',
      async () => {
        const bound = await other({ dpopBound: true, grants: ['client_credentials'], redirectUris: [] });
        return bound.ask({ grant_type: 'client_credentials' });
      },
    ],
    [
      'a wrong secret',
      'invalid_client',
      'invalid secret provided',
      () => new TokenEndpoint(as.url, basicOf(clientId, 'wrong')).ask({ grant_type: 'client_credentials' }),
    ],
    [
      'a client that does not exist',
      'invalid_client',
      'client not found',
      () => new TokenEndpoint(as.url, basicOf('another', 'wrong')).ask({ grant_type: 'client_credentials' }),
    ],
    [
      'a client that is disabled',
      'invalid_client',
      'client is disabled',
      async () => {
        const disabled = await as.newClient({ disabled: true });
        return new TokenEndpoint(as.url, basicOf(disabled.client.id, disabled.secret)).ask({
          grant_type: 'client_credentials',
        });
      },
    ],
    [
      'a grant that the client does not have',
      'unauthorized_client',
      'the client may not use this grant',
      () => token.ask({ grant_type: 'client_credentials' }),
    ],
  ])('for %s is told to operators, and counted', async (_what, error, reason, ask) => {
    const counter = `latchkey_oauth_errors_total{route="/oauth/token",error="${error}"}`;
    const before = (await readMetrics(as.url)).get(counter) ?? 0;
    const { body } = await ask();
    expect(body['error']).toBe(error);
    expect(refusals()).toEqual([
      expect.objectContaining({
        error,
        reason,
        message: `POST /oauth/token refused: ${error}, ${reason}`,
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      }),
    ]);
    expect((await readMetrics(as.url)).get(counter)).toBe(before + 1);
  });

  it('says whose it is, once that is known, and nothing that the client sent', async () => {
    const form = await codeForm();
    await token.ask({ ...form, code_verifier: 'w'.repeat(43) });
    await new TokenEndpoint(as.url, basicOf('secret-id', 'secret')).ask({ grant_type: 'secret-grant' });
    await fetch(`${as.url}/oauth/token`, {
      method: 'POST',
      body: '{"secret"',
      headers: { 'content-type': 'application/json' },
    });
    expect(refusals().map((line) => [line.clientId, line.grantType, line.error])).toEqual([
      [clientId, 'authorization_code', 'invalid_grant'],
      [undefined, undefined, 'invalid_client'],
      [undefined, undefined, 'invalid_request'],
    ]);
    expect(JSON.stringify(logged)).not.toMatch(new RegExp(`secret|w{43}|${form['code']}`));
  });

  it('answers the client as ever', async () => {
    const { status, body } = await token.ask({ ...(await codeForm()), redirect_uri: `${CALLBACK}/other` });
    expect([status, body]).toEqual([
      400,
      { error: 'invalid_grant', error_description: 'grant request is invalid' },
    ]);
  });

  it('is told of once where two things are wrong, at each endpoint', async () => {
    const authorize = `${as.url}/oauth/authorize?client_id=${clientId}&redirect_uri=https://evil.example`;
    await fetch(authorize, { redirect: 'manual' });
    await fetch(`${as.url}/oauth/userinfo`, { headers: { authorization: 'Bearer another' } });
    await fetch(`${as.url}/oauth/introspect`, { method: 'POST' });
    expect(refusals().map(({ message }) => message)).toEqual([
      expect.stringMatching(/^GET \/oauth\/authorize refused: invalid_redirect_uri, /),
      'GET /oauth/userinfo refused: invalid_token, access token not found',
      'POST /oauth/introspect refused: invalid_request, no client authentication mechanism provided',
    ]);
  });

  it('as a step of a flow is told at LOG_LEVEL=debug alone', async () => {
    const device = await other({
      grants: ['urn:ietf:params:oauth:grant-type:device_code'],
      redirectUris: [],
    });
    const asked = await fetch(`${as.url}/oauth/device_authorization`, {
      method: 'POST',
      headers: { authorization: device.authorization ?? '' },
      body: new URLSearchParams({ scope: 'openid' }),
    });
    const { device_code } = (await asked.json()) as { device_code: string };
    const { body } = await device.ask({
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code,
    });
    expect(body['error']).toBe('authorization_pending');
    expect(refusals()).toEqual([]);
  });

  async function signOutEverywhere({ email }: SignedInBrowser): Promise<void> {
    const { body } = await as.server.api.login(email, PASSWORD);
    await as.server.api.post('/api/auth/logout-all', undefined, { token: body.accessToken });
  }
});

describe.each<Platform>(['Fastify', 'Express'])('In an application of one’s own on %s', (platform) => {
  it('each request is counted by its route', async () => {
    const as = await TestAuthorizationServer.startOn(platform, { oauth: true, pages: true, metrics: true });
    try {
      await sendAll(as.url);
      await eventually(async () => expect(countedIn(await readMetrics(as.url))).toEqual(ROUTES));
    } finally {
      await as.close();
    }
  });
});
