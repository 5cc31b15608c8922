import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PASSWORD, type Problem, type SignedIn } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { fetchDocument, routesOf, withParameters } from '../support/openapi-document.js';
import { expectProblem } from '../support/problems.js';
import { sendRaw } from '../support/raw-http.js';

const NEW_PASSWORD = 'purple monkey dishwasher tuesday';

let server: TestApp;
let user: SignedIn;

beforeAll(async () => {
  server = await startTestApp();
  user = (await server.api.register()).body;
});

afterAll(async () => {
  await server.close();
});

/** RFC 6750 section 3: what an error of a token says. */
const challenge = (error: string, description: string) =>
  `Bearer realm="latchkey", error="${error}", error_description="${description}"`;

const profileWith = (headers: Record<string, string>, query = '') =>
  server.api.get(`/api/profile${query}`, { headers });

describe('the challenge of a refusal', () => {
  it.each([
    ['no header', undefined],
    ['an empty header', ''],
    ['another scheme', 'Basic YWRhOnNlY3JldA=='],
    ['the scheme alone', 'Bearer'],
    ['no scheme', 'eyJhbGciOiJFUzI1NiJ9.e30.x'],
    ['two tokens', 'Bearer a b'],
  ])('names no error where there is no token: %s', async (_, authorization) => {
    const answer = await profileWith(authorization === undefined ? {} : { authorization });
    expectProblem(answer, 401, 'TOKEN_MISSING');
    expect(answer.headers.get('www-authenticate')).toBe(
      'Bearer realm="latchkey", DPoP algs="ES256 RS256 PS256 EdDSA Ed25519", realm="latchkey"',
    );
  });

  it('says invalid_token where it is no token of ours', async () => {
    const [head = '', payload = '', signature = ''] = user.accessToken.split('.');
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string };
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const forged = [
      'x',
      '..',
      `${head}.${payload}`,
      `${head}.${payload}.`,
      `${head}.${payload}.${signature}A`,
      `${head}.${payload}.${'A'.repeat(signature.length)}`,
      `${head}.${part({ ...claims, roles: ['admin'] })}.${signature}`,
      `${part({ ...header, alg: 'none' })}.${payload}.`,
      `${part({ ...header, alg: 'HS256' })}.${payload}.${signature}`,
      `${part({ ...header, typ: 'JWT' })}.${payload}.${signature}`,
      `${part({ ...header, kid: 'other' })}.${payload}.${signature}`,
      `${part({ ...header, jku: 'https://evil.example' })}.${payload}.${signature}`,
      user.refreshToken,
    ];
    for (const token of forged) {
      const answer = await server.api.profile(token);
      expectProblem(answer, 401, 'TOKEN_INVALID');
      expect(answer.headers.get('www-authenticate')).toBe(
        challenge('invalid_token', 'The access token is not valid.'),
      );
    }
  });

  it('says invalid_token where it was revoked', async () => {
    const { accessToken: token } = (await server.api.register()).body;
    await server.api.post('/api/auth/logout', undefined, { token });
    const answer = await server.api.profile(token);
    expectProblem(answer, 401, 'TOKEN_REVOKED');
    expect(answer.headers.get('www-authenticate')).toBe(
      challenge('invalid_token', 'The access token was revoked: refresh it, or log in again.'),
    );
  });

  it('says insufficient_scope where a role is missing', async () => {
    const answer = await server.api.get('/api/admin', { token: user.accessToken });
    expectProblem(answer, 403, 'INSUFFICIENT_ROLE');
    expect(answer.headers.get('www-authenticate')).toBe(
      challenge('insufficient_scope', 'This needs the role admin.'),
    );
  });

  it('is there for wrong credentials, too, as every 401 has one', async () => {
    const login = await server.api.login(user.user.email, 'wrong password');
    const refresh = await server.api.refresh('lk_rt_x');
    for (const answer of [login, refresh]) {
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
        401,
        'Bearer realm="latchkey"',
      ]);
    }
  });
});

describe('a token', () => {
  it.each(['Bearer', 'bearer', 'BEARER'])('is accepted after the scheme %s', async (scheme) => {
    const answer = await profileWith({ authorization: `${scheme} ${user.accessToken}` });
    expect(answer.status).toBe(200);
  });

  it.each(['access_token', 'accessToken', 'token', 'authorization', 'jwt', 'bearer'])(
    'is not taken from the query or a cookie named %s',
    async (name) => {
      expectProblem(await profileWith({}, `?${name}=${user.accessToken}`), 401, 'TOKEN_MISSING');
      expectProblem(await profileWith({}, `?${name}=Bearer%20${user.accessToken}`), 401, 'TOKEN_MISSING');
      expectProblem(await profileWith({ cookie: `${name}=${user.accessToken}` }), 401, 'TOKEN_MISSING');
    },
  );

  it('is not taken from a body or another header', async () => {
    const answer = await server.api.request('PATCH', '/api/profile', {
      json: { name: 'x', access_token: user.accessToken },
      headers: { 'x-access-token': user.accessToken, 'proxy-authorization': `Bearer ${user.accessToken}` },
    });
    expectProblem(answer, 401, 'TOKEN_MISSING');
  });

  it.each([
    ['/api/profile', 200],
    ['/api/auth/verify', 204],
  ])('is taken from no request that has two such headers: %s', async (path, status) => {
    const header = (token: string) => `Authorization: Bearer ${token}\r\n`;
    const request = (...tokens: string[]) =>
      `GET ${path} HTTP/1.1\r\nHost: x\r\n${tokens.map(header).join('')}Connection: close\r\n\r\n`;
    const { accessToken: token } = user;
    expect((await sendRaw(server.url, request(token))).status).toBe(status);
    for (const tokens of [['x', token] as const, [token, 'x'] as const, [token, token] as const])
      expectProblem(await sendRaw(server.url, request(...tokens)), 401, 'TOKEN_INVALID');
  });

  it('is needed by every route that the document marks, before anything else is looked at', async () => {
    const guarded = routesOf(await fetchDocument(server.url)).filter(({ operation }) => operation.security);
    expect(guarded.length).toBeGreaterThanOrEqual(9);
    for (const { method, path } of guarded) {
      const url = withParameters(path);
      expectProblem(await server.api.request<Problem>(method, url), 401, 'TOKEN_MISSING');
      expectProblem(await server.api.request<Problem>(method, url, { token: 'x' }), 401, 'TOKEN_INVALID');
    }
  });
});

describe('GET /api/auth/verify', () => {
  it('tells a gateway who is calling', async () => {
    const answer = await server.api.get('/api/auth/verify', { token: user.accessToken });
    const { sid } = JSON.parse(
      Buffer.from(user.accessToken.split('.')[1] ?? '', 'base64url').toString(),
    ) as Record<string, string>;
    expect([answer.status, answer.body]).toEqual([204, '']);
    const sent = ['subject', 'roles', 'scopes', 'session'].map((name) =>
      answer.headers.get(`x-auth-${name}`),
    );
    expect(sent).toEqual([user.user.id, 'user', 'profile:read profile:write', sid]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('tells a cache that is made to keep answers what they depend on', async () => {
    const { headers } = await server.api.get('/api/auth/verify', { token: user.accessToken });
    const vary = headers.get('vary') ?? '';
    expect(vary.toLowerCase().split(', ')).toEqual(
      expect.arrayContaining(['authorization', 'cookie', 'origin']),
    );
    // nginx keeps no answer at all with a longer one.
    expect(vary.length).toBeLessThanOrEqual(128);
  });

  it('answers HEAD, too', async () => {
    const head = (token?: string) =>
      fetch(`${server.url}/api/auth/verify?roles=user`, {
        method: 'HEAD',
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      });
    const answer = await head(user.accessToken);
    expect([answer.status, answer.headers.get('x-auth-subject')]).toEqual([204, user.user.id]);
    expect((await head()).status).toBe(401);
  });

  it.each([
    'roles=user',
    'roles=admin,user',
    'scopes=profile:read',
    'scopes=profile:write%20profile:read',
    'scopes=profile:write,profile:read',
    'roles=admin,user&scopes=profile:read',
  ])('lets a caller with one of the roles and all of the scopes pass: %s', async (query) => {
    const answer = await server.api.get(`/api/auth/verify?${query}`, { token: user.accessToken });
    expect([answer.status, answer.headers.get('x-auth-subject')]).toEqual([204, user.user.id]);
  });

  it.each([
    ['roles=admin', 403, 'INSUFFICIENT_ROLE'],
    ['roles=no%20such%20role', 403, 'INSUFFICIENT_ROLE'],
    ['roles=User', 403, 'INSUFFICIENT_ROLE'],
    ['scopes=users:read', 403, 'INSUFFICIENT_SCOPE'],
    ['scopes=profile:read%20users:read', 403, 'INSUFFICIENT_SCOPE'],
    ['roles=user&scopes=users:read', 403, 'INSUFFICIENT_SCOPE'],
    ['roles=admin&scopes=profile:read', 403, 'INSUFFICIENT_ROLE'],
    ['roles=', 400, 'VALIDATION_FAILED'],
    ['roles=admin&roles=user', 400, 'VALIDATION_FAILED'],
    ['role=admin', 400, 'VALIDATION_FAILED'],
    ['page=2', 400, 'VALIDATION_FAILED'],
  ])('refuses others, and what asks for nothing: %s', async (query, status, code) => {
    const path = `/api/auth/verify?${query}`;
    const answer = await server.api.get(path, { token: user.accessToken });
    expectProblem(answer, status, code);
    expect(answer.headers.get('x-auth-subject')).toBeNull();
    if (status === 403)
      expect(answer.headers.get('www-authenticate') ?? '').toMatch(/^(Bearer .*insufficient_scope.*)?$/);
    expectProblem(await server.api.get(path), 401, 'TOKEN_MISSING');
  });

  it('refuses every other caller, and names no user', async () => {
    const { accessToken: revoked } = (await server.api.register()).body;
    await server.api.post('/api/auth/logout', undefined, { token: revoked });
    for (const token of [undefined, 'x', revoked]) {
      const answer = await server.api.get('/api/auth/verify', { token });
      expectProblem(answer, 401, answer.body.code);
      expect([...answer.headers.keys()].filter((name) => name.startsWith('x-auth-'))).toEqual([]);
    }
  });

  it('does not believe headers that a client sends along', async () => {
    const answer = await server.api.get('/api/auth/verify', {
      token: user.accessToken,
      headers: { 'x-auth-subject': 'someone-else', 'x-auth-roles': 'admin' },
    });
    expect(answer.headers.get('x-auth-subject')).toBe(user.user.id);
    expect(answer.headers.get('x-auth-roles')).toBe('user');
  });
});

describe('GET /api/admin', () => {
  it('is for administrators: 401 for strangers, 403 for users, and the count of users for them', async () => {
    const { api } = server;
    expectProblem(await api.get('/api/admin'), 401, 'TOKEN_MISSING');
    expectProblem(await api.get('/api/admin', { token: user.accessToken }), 403, 'INSUFFICIENT_ROLE');

    const { email, password } = server.initialAdmin ?? { email: '', password: '' };
    const { accessToken: first } = (await api.login(email, password)).body;
    await api.post(
      '/api/auth/password/change',
      { currentPassword: password, newPassword: NEW_PASSWORD },
      { token: first },
    );
    const { accessToken: token } = (await api.login(email, NEW_PASSWORD)).body;
    const before = await api.get<{ message: string; users: number }>('/api/admin', { token });
    expect([before.status, before.body]).toEqual([
      200,
      { message: expect.stringMatching(/./), users: expect.any(Number) },
    ]);
    await api.register();
    const after = await api.get<{ users: number }>('/api/admin', { token });
    expect(after.body.users).toBe(before.body.users + 1);
  });
});

// Moves the clock, so it comes last.
describe('a token that has expired', () => {
  it('is refused as such, until a refresh or a login brings a new one', async () => {
    const { api, clock } = server;
    clock.advance(16 * 60_000);
    const answer = await api.profile(user.accessToken);
    expectProblem(answer, 401, 'TOKEN_EXPIRED');
    expect(answer.headers.get('www-authenticate')).toBe(
      challenge('invalid_token', 'The access token has expired.'),
    );
    const refreshed = await api.refresh(user.refreshToken);
    expect((await api.profile(refreshed.body.accessToken)).status).toBe(200);
    const login = await api.login(user.user.email, PASSWORD);
    expect((await api.profile(login.body.accessToken)).status).toBe(200);
  });
});
