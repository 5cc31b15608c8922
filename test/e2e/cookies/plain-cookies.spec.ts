import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseSetCookie } from 'cookie';
import { CookieClient } from '../../support/cookie-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import type { TestEnvironment } from '../../support/test-config.js';
import { expectProblem } from '../support/problems.js';

const started: TestApp[] = [];
const start = async (environment: TestEnvironment) => {
  const server = await startTestApp({ environment });
  started.push(server);
  return server;
};

afterAll(async () => {
  for (const server of started) await server.close();
});

describe('cookies over http', () => {
  let server: TestApp;
  let page: CookieClient;

  beforeAll(async () => {
    server = await start({});
    page = new CookieClient(server.api, `http://localhost:${new URL(server.url).port}`);
  });

  it('have neither Secure nor a prefix, which browsers would refuse, and everything else', async () => {
    const { cookies } = await page.register();
    expect(cookies.map(({ value: _, maxAge: __, ...cookie }) => cookie)).toEqual([
      { name: 'latchkey_access', path: '/', httpOnly: true, sameSite: 'lax' },
      { name: 'latchkey_refresh', path: '/api/auth/refresh', httpOnly: true, sameSite: 'strict' },
      { name: 'latchkey_csrf', path: '/', sameSite: 'strict' },
    ]);
    expect((await page.refresh()).status).toBe(200);
    expect((await page.post('/api/auth/logout')).status).toBe(204);
  });

  it('are for the origin of PUBLIC_URL, and not for an address that leads to the same server', async () => {
    const other = new CookieClient(server.api, server.url);
    expectProblem(await other.register(), 403, 'CSRF_REJECTED');
  });

  it('are not set in production, but for this machine itself', async () => {
    const secret = { NODE_ENV: 'production', DOCS: 'on' };
    const open = await start({ ...secret, PUBLIC_URL: 'http://auth.example.com' });
    const refused = await new CookieClient(open.api, 'http://auth.example.com').register();
    expectProblem(refused, 400, 'VALIDATION_FAILED');
    expect(refused.cookies).toEqual([]);
    const { accessToken } = (await open.api.register()).body;
    const cookie = `latchkey_access=${accessToken}`;
    expectProblem(await open.api.get('/api/profile', { headers: { cookie } }), 401, 'TOKEN_MISSING');

    const local = await start({ ...secret, PUBLIC_URL: 'http://localhost:8080' });
    expect((await new CookieClient(local.api, 'http://localhost:8080').register()).status).toBe(201);
  });

  it('come with the path of PUBLIC_URL where there is one', async () => {
    const below = await start({ PUBLIC_URL: 'https://example.com/id/' });
    const { cookies, headers } = await new CookieClient(below.api, 'https://example.com').register();
    expect(cookies.map(({ path }) => path)).toEqual(['/', '/id/api/auth/refresh', '/']);
    const device = headers.getSetCookie().map((line) => parseSetCookie(line));
    expect(device).toContainEqual(
      expect.objectContaining({ name: '__Secure-lk_device', path: '/id/api/auth/login' }),
    );
  });
});
