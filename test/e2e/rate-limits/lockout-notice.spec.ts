import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Outbox } from '../../../src/mail/outbox.js';
import type { Mail } from '../../../src/mail/mail.js';
import { PASSWORD, uniqueEmail } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { eventually } from '../support/eventually.js';

class Letterbox extends Outbox {
  mails: Mail[] = [];

  enqueue(mail: Mail): Promise<void> {
    this.mails.push(mail);
    return Promise.resolve();
  }
}

describe('The notice of failed logins', () => {
  let server: TestApp;
  const letterbox = new Letterbox();
  let email: string;

  beforeAll(async () => {
    server = await startTestApp({
      environment: { ACCOUNT_FAILURES: '3', ACCOUNT_DELAY_MAX: '1h' },
      providers: [{ provide: Outbox, useValue: letterbox }],
    });
    server.clock.hold();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    letterbox.mails = [];
    ({ email } = (await server.api.register({ name: 'Ada' })).body.user);
  });

  const fail = async (times: number, address = email) => {
    for (let time = 0; time < times; time += 1) {
      expect((await server.api.login(address, 'wrong password')).status).toBe(401);
    }
  };
  const mailsTo = (address: string) =>
    letterbox.mails.filter((mail) => mail.to === address && mail.template === 'lockout');

  it('goes to the owner once a streak, when the account begins to wait', async () => {
    await fail(3);
    await eventually(() => Promise.resolve(expect(mailsTo(email)).toHaveLength(1)));
    expect(mailsTo(email)[0]).toEqual({
      to: email,
      template: 'lockout',
      data: { name: null, at: expect.any(Date), ip: '127.0.0.1', device: 'node' },
      account: expect.any(String),
      language: null,
    });

    server.clock.advance(60_000);
    await fail(1);
    server.clock.advance(60_000);
    await fail(1);
    // The last streak is forgotten.
    server.clock.advance(24 * 3_600_000);
    await fail(3);
    await eventually(() => Promise.resolve(expect(mailsTo(email)).toHaveLength(2)));
  });

  it('goes to the owner also when it is a known device that begins to wait, and is recorded', async () => {
    const cookie = (await server.api.login(email)).headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
    for (let time = 0; time < 3; time += 1) {
      const json = { email, password: 'wrong password' };
      expect((await server.api.post('/api/auth/login', json, { headers: { cookie } })).status).toBe(401);
    }
    await eventually(() => Promise.resolve(expect(mailsTo(email)).toHaveLength(1)));
    const { accessToken: token } = (await server.api.login(email)).body;
    const { body } = await server.api.get<{ events: { type: string }[] }>('/api/profile/audit', { token });
    expect(JSON.stringify(body).split('"account.throttled"')).toHaveLength(2);
  });

  it('is not sent for fewer failures, right passwords, or an address without account', async () => {
    await fail(2);
    expect((await server.api.login(email)).status).toBe(200);
    const unknown = uniqueEmail();
    await fail(3, unknown);
    // What is scheduled after these comes after them, some two seconds at most.
    const other = (await server.api.register()).body.user.email;
    await fail(3, other);
    await eventually(() => Promise.resolve(expect(mailsTo(other)).toHaveLength(1)));
    expect(mailsTo(email)).toEqual([]);
    expect(mailsTo(unknown)).toEqual([]);
  });

  it('is not lost when the server is closed before', async () => {
    const closing = await startTestApp({
      environment: { ACCOUNT_FAILURES: '1' },
      providers: [{ provide: Outbox, useValue: letterbox }],
    });
    const registered = (await closing.api.register()).body.user.email;
    await closing.api.post('/api/auth/login', { email: registered, password: `not ${PASSWORD}` });
    await closing.close();

    expect(mailsTo(registered)).toHaveLength(1);
  });
});
