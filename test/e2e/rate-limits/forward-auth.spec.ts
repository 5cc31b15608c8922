import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestApp, startTestApp } from '../../support/test-app.js';
import { expectProblem } from '../support/problems.js';

const VERIFY = '/api/auth/verify';

describe('Requests that a gateway asks about', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await startTestApp({ environment: { FORWARD_AUTH_RATE_LIMIT: '3/1m' } });
    server.clock.hold();
  });
  afterAll(() => server?.close());

  const verify = (token: string, query = '') => server.api.get(`${VERIFY}${query}`, { token });

  it('have a quota of their user, whatever the token, until its window is over', async () => {
    const { accessToken: token, refreshToken } = (await server.api.register()).body;
    const first = await verify(token);
    expect([first.status, first.headers.get('ratelimit-policy'), first.headers.get('ratelimit')]).toEqual([
      204,
      '"forward-auth";q=3;w=60',
      '"forward-auth";r=2;t=60',
    ]);
    const { accessToken: next } = (await server.api.refresh(refreshToken)).body;
    expect((await verify(next)).status).toBe(204);
    expectProblem(await verify(token, '?roles=admin'), 403, 'INSUFFICIENT_ROLE');
    server.clock.advance(20_000);
    const spent = await verify(next);
    expectProblem(spent, 429, 'RATE_LIMITED');
    expect(spent.headers.get('retry-after')).toBe('40');
    expect((await server.api.get('/api/profile', { token: next })).status).toBe(200);
    expect((await verify((await server.api.register()).body.accessToken)).status).toBe(204);
    server.clock.advance(40_000);
    expect((await verify(token)).status).toBe(204);
  });

  it('do not count where the token is refused, or a page of another site could have asked', async () => {
    const { accessToken: token } = (await server.api.register()).body;
    const cookie = { cookie: `latchkey_access=${token}`, 'x-forwarded-method': 'POST' };
    for (let count = 0; count < 4; count += 1) {
      expect((await verify(`${token}x`)).status).toBe(401);
      const forged = await server.api.request('GET', VERIFY, { headers: cookie });
      expectProblem(forged, 403, 'CSRF_REJECTED');
    }
    expect((await verify(token)).headers.get('ratelimit')).toBe('"forward-auth";r=2;t=60');
  });
});
