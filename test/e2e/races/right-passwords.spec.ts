import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { PASSWORD, type Problem, type SignedIn } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { describeOnEachStore } from '../support/databases.js';

const AT_ONCE = 16;

describeOnEachStore('Right passwords at once', (environment) => {
  let server: TestApp;

  beforeAll(async () => {
    server = await startTestApp({
      environment: {
        ...environment(),
        LOGIN_RATE_LIMIT: '9999/1m',
        REAUTHENTICATION_RATE_LIMIT: '9999/1m',
        ACCOUNT_FAILURES: '10',
        HASH_WORKERS: '2',
      },
    });
    server.clock.hold();
  });
  afterAll(() => server.close());

  const register = async (): Promise<SignedIn> => (await server.api.register()).body;
  const atOnce = async (count: number, request: () => Promise<{ status: number; body: unknown }>) =>
    (await Promise.all(Array.from({ length: count }, request))).map(({ status, body }) =>
      status < 300 ? String(status) : `${status} ${(body as Problem).code}`,
    );

  it('all log in', async () => {
    const { email } = (await register()).user;
    expect(await atOnce(AT_ONCE, () => server.api.login(email))).toEqual(Array(AT_ONCE).fill('200'));
  });

  it('all show the password again', async () => {
    const { accessToken: token } = await register();
    const show = () => server.api.post('/api/auth/reauthenticate', { password: PASSWORD }, { token });
    expect(await atOnce(AT_ONCE, show)).toEqual(Array(AT_ONCE).fill('204'));
  });

  it('log in between wrong ones, which still cost as much as in a row', async () => {
    const { email } = (await register()).user;
    const answers = await Promise.all([
      atOnce(40, () => server.api.login(email, 'wrong password')),
      atOnce(4, () => server.api.login(email)),
    ]);
    const wrong = answers[0].filter((answer) => answer === '401 INVALID_CREDENTIALS');
    expect(wrong.length).toBeLessThanOrEqual(10);
  });

  it('change the password once, and tell the others that they came too late', async () => {
    const { accessToken: token } = await register();
    let count = 0;
    const change = () => {
      count += 1;
      const newPassword = `purple monkey dishwasher ${count}`;
      return server.api.post(
        '/api/auth/password/change',
        { currentPassword: PASSWORD, newPassword },
        { token },
      );
    };
    expect((await atOnce(5, change)).toSorted()).toEqual(['204', ...Array<string>(4).fill('409 CONFLICT')]);
    const { body } = await server.api.get<{ events: { outcome: string }[] }>('/api/profile/audit', { token });
    expect(body.events.filter(({ outcome }) => outcome === 'failure')).toEqual([]);
  });

  it('delete the account once, and tell the others that they came too late', async () => {
    const { accessToken: token } = await register();
    const remove = () =>
      server.api.request('DELETE', '/api/profile', { token, json: { password: PASSWORD } });
    const answers = await atOnce(5, remove);
    // Who is looked for only after the account is gone is not known any more.
    const late = answers.filter((answer) => /^(409 CONFLICT|401 TOKEN_(INVALID|REVOKED))$/.test(answer));
    expect([answers.filter((answer) => answer === '204'), late.length]).toEqual([['204'], 4]);
  });
});
