import { afterAll, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import { eq } from 'drizzle-orm';
import type { Mail } from '../../../src/mail/mail.js';
import { Outbox } from '../../../src/mail/outbox.js';
import { UserAdministrationService } from '../../../src/admin/user-administration.service.js';
import { type Database, DATABASE } from '../../../src/database/database.js';
import { DeviceHistory } from '../../../src/tokens/devices/device-history.js';
import { knownDevices } from '../../../src/tokens/devices/device-history.table.js';
import { PASSWORD, uniqueEmail, type SignedIn } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { describeOnEachStore } from '../support/databases.js';
import { expectProblem } from '../support/problems.js';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const CHROME =
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36';

class RecordingOutbox extends Outbox {
  mails: Mail[] = [];
  fails = false;

  enqueue(mail: Mail): Promise<void> {
    if (mail.template !== 'new-device') return Promise.resolve();
    if (this.fails) return Promise.reject(new Error('no room'));
    this.mails.push(mail);
    return Promise.resolve();
  }
}

describeOnEachStore('a login from a new device', (environment) => {
  const outbox = new RecordingOutbox();
  let server: TestApp;

  beforeAll(async () => {
    server = await startTestApp({
      environment: { ...environment(), TRUST_PROXY: '1' },
      providers: [{ provide: Outbox, useValue: outbox }],
    });
  });

  beforeEach(() => {
    outbox.mails = [];
    outbox.fails = false;
  });

  afterAll(async () => {
    await server.close();
  });

  const from = (userAgent: string, ip: string) => ({
    headers: { 'user-agent': userAgent, 'x-forwarded-for': ip, 'accept-language': 'de' },
  });
  const register = async () => {
    const email = uniqueEmail();
    const body = { name: 'Ada', email, password: PASSWORD };
    const answer = await server.api.post<SignedIn>('/api/auth/register', body, from(FIREFOX, '203.0.113.7'));
    expect(answer.status).toBe(201);
    return { email, ...answer.body };
  };
  const login = (email: string, userAgent: string, ip: string, password = PASSWORD) =>
    server.api.post<SignedIn>('/api/auth/login', { email, password }, from(userAgent, ip));

  it('is reported to the user by mail, once', async () => {
    const { email } = await register();
    const before = server.clock.now();
    expect((await login(email, CHROME, '198.51.100.1')).status).toBe(200);
    expect((await login(email, CHROME, '198.51.100.2')).status).toBe(200);
    expect(outbox.mails).toEqual([
      {
        to: email,
        template: 'new-device',
        data: { name: null, at: expect.any(Date), ip: '198.51.100.1', device: 'Chrome on Android' },
        account: expect.any(String),
        // Not the one of who logged in.
        language: null,
      },
    ]);
    const [mail] = outbox.mails as Mail<'new-device'>[];
    expect(mail?.data.at.getTime()).toBeGreaterThanOrEqual(before);
  });

  it('is none where the user registered from it, also long after its sessions have ended', async () => {
    const { email, accessToken } = await register();
    await server.api.post('/api/auth/logout-all', undefined, { token: accessToken });
    expect((await login(email, FIREFOX, '203.0.113.99')).status).toBe(200);
    expect(outbox.mails).toEqual([]);
  });

  it('leaves nothing behind of an account that is deleted before its device is remembered', async () => {
    const { email, user } = await register();
    const devices = server.app.get(DeviceHistory);
    const remember = devices.remember.bind(devices);
    const late = jest.spyOn(devices, 'remember').mockImplementation(async (...args) => {
      await server.app.get(UserAdministrationService).delete(email);
      return remember(...args);
    });
    await login(email, CHROME, '198.51.100.1');
    expect(late).toHaveBeenCalledTimes(1);
    late.mockRestore();
    const db = server.app.get<Database>(DATABASE);
    expect(await db.select().from(knownDevices).where(eq(knownDevices.subject, user.id))).toEqual([]);
  });

  it('is none without the right password', async () => {
    const { email } = await register();
    expectProblem(await login(email, CHROME, '198.51.100.1', 'wrong password'), 401, 'INVALID_CREDENTIALS');
    expect(outbox.mails).toEqual([]);
    expect((await login(email, CHROME, '198.51.100.1')).status).toBe(200);
    expect(outbox.mails).toHaveLength(1);
  });

  it('succeeds where it cannot be told, and is still new the next time', async () => {
    const { email } = await register();
    outbox.fails = true;
    expect((await login(email, CHROME, '198.51.100.1')).status).toBe(200);
    outbox.fails = false;
    expect((await login(email, CHROME, '198.51.100.1')).status).toBe(200);
    expect(outbox.mails).toHaveLength(1);
  });

  it('leaves nothing behind when the account is deleted', async () => {
    const { email, user } = await register();
    const subjects = async () => {
      const rows = await server.app.get<Database>(DATABASE).select().from(knownDevices);
      return rows.map((row) => row.subject);
    };
    expect(await subjects()).toContain(user.id);
    await server.app.get(UserAdministrationService).delete(email);
    expect(await subjects()).not.toContain(user.id);
  });
});
