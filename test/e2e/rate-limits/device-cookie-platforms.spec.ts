import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiClient, PASSWORD } from '../../support/api-client.js';
import { type ExtendedApp, type Platform, startExtendedApp } from '../access/extended-app.js';

describe.each<Platform>(['Fastify', 'Express'])('On %s the device cookie', (platform) => {
  let server: ExtendedApp;
  let api: ApiClient;

  beforeAll(async () => {
    server = await startExtendedApp(platform, { environment: { ACCOUNT_FAILURES: '1' } });
    server.clock.hold();
    api = new ApiClient(server.url);
  });
  afterAll(() => server.close());

  it('is set once by registration and login, and lets the device pass while the account waits', async () => {
    const registered = await api.register();
    const { email } = registered.body.user;
    const [cookie, ...others] = registered.headers.getSetCookie();
    expect(others).toEqual([]);
    const headers = { cookie: cookie?.split(';', 1)[0] ?? '' };

    expect((await api.login(email, 'wrong password')).status).toBe(401);
    expect((await api.login(email)).body.code).toBe('ACCOUNT_THROTTLED');
    const passed = await api.post('/api/auth/login', { email, password: PASSWORD }, { headers });
    expect([passed.status, passed.headers.getSetCookie().length]).toEqual([200, 1]);
  });
});
