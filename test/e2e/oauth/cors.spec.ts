import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestAuthorizationServer } from './authorization-server.js';

const SHOP = 'https://shop.example.com';
const OTHER = 'https://other.example.com';
/** Of the team's own pages. */
const APP = 'https://app.example.com';
const PUBLIC = [
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  '/.well-known/jwks.json',
];
/** What a page asks by script. */
const ENDPOINTS: [string, string][] = [
  ['POST', '/oauth/token'],
  ['POST', '/oauth/par'],
  ['POST', '/oauth/device_authorization'],
  ['POST', '/oauth/introspect'],
  ['POST', '/oauth/revoke'],
  ['GET', '/oauth/userinfo'],
];

const allowed = ({ headers }: Response) => headers.get('access-control-allow-origin');

describe.each([
  ['where the server names no origins', {}],
  ['where the server names origins of its own', { CORS_ORIGINS: APP }],
])('Pages of a client, %s,', (_where, environment) => {
  let as: TestAuthorizationServer;
  let id: string;
  let lastAddress = 0;

  beforeAll(async () => {
    as = await TestAuthorizationServer.start({
      environment: { ...environment, OAUTH_RATE_LIMIT: '3/1h', TRUST_PROXY: '1' },
    });
    const { client } = await as.newClient({ type: 'public', origins: [SHOP] });
    ({ id } = client);
  });
  afterAll(() => as.close());

  const someAddress = () => `198.51.100.${(lastAddress += 1)}`;
  const ask = (
    method: string,
    path: string,
    {
      origin = SHOP,
      from = someAddress(),
      form = {},
    }: { origin?: string; from?: string; form?: Record<string, string> } = {},
  ) =>
    fetch(as.url + path, {
      method,
      headers: { origin, 'x-forwarded-for': from },
      ...(method === 'POST' && { body: new URLSearchParams({ client_id: id, ...form }) }),
    });

  it.each(PUBLIC)('read %s, as pages of any origin do', async (path) => {
    for (const origin of [SHOP, OTHER])
      expect(['*', origin]).toContain(allowed(await ask('GET', path, { origin })));
  });

  it.each(ENDPOINTS)('may ask by %s %s', async (method, path) => {
    const { status, headers } = await fetch(as.url + path, {
      method: 'OPTIONS',
      headers: {
        origin: SHOP,
        'access-control-request-method': method,
        'access-control-request-headers': 'authorization,content-type,dpop',
      },
    });
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(SHOP);
    expect(headers.get('access-control-allow-methods')).toContain(method);
    expect(headers.get('access-control-allow-headers')).toMatch(/authorization.*dpop/);
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  });

  it.each(ENDPOINTS)(
    'read what is answered to %s %s, and what is answered beyond its quota',
    async (method, path) => {
      const from = someAddress();
      for (let sent = 0; sent < 3; sent += 1) {
        const answer = await ask(method, path, { from });
        expect(answer.status).toBeLessThan(429);
        expect(allowed(answer)).toBe(SHOP);
      }
      const refused = await ask(method, path, { from });
      expect(refused.status).toBe(429);
      expect(allowed(refused)).toBe(SHOP);
      expect(refused.headers.get('vary')).toMatch(/origin/i);
      expect(refused.headers.get('access-control-expose-headers')).toMatch(/retry-after/i);
      expect(refused.headers.get('access-control-allow-credentials')).toBeNull();
    },
  );

  it('read nothing of a client that has not named them', async () => {
    const form = { grant_type: 'refresh_token', refresh_token: 'lk_rt_none' };
    expect(allowed(await ask('POST', '/oauth/token', { origin: OTHER, form }))).toBeNull();
    expect(allowed(await ask('POST', '/oauth/token', { form }))).toBe(SHOP);
  });

  it.each([
    ['GET', '/oauth/authorize'],
    ['GET', '/oauth/logout'],
  ])('do not read %s %s, which browsers are led to, nor that its quota is spent', async (method, path) => {
    const from = someAddress();
    for (let sent = 0; sent < 4; sent += 1) expect(allowed(await ask(method, path, { from }))).toBeNull();
  });
});
