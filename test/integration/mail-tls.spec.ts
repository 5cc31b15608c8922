import { afterAll, afterEach, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import type { SMTPServerOptions } from 'smtp-server';
import { parseMailUrl } from '../../src/config/mail-url.js';
import type { DatabaseConnection } from '../../src/database/database.js';
import { mailOutbox } from '../../src/mail/sending/mail-outbox.table.js';
import { SmtpMailer } from '../../src/mail/transport/smtp-mailer.js';
import { eventually } from '../e2e/support/eventually.js';
import { logLines } from '../support/log-lines.js';
import { MailServer } from '../support/mail-server.js';
import { selfSignedCertificate } from '../support/self-signed-certificate.js';
import { type DatabaseUnderTest, describeOnEachDatabase } from './database-under-test.js';
import { MailInstance, type MailInstanceOptions, noticeMail } from './mail-under-test.js';
import { ManualClock } from './manual-clock.js';

const MINUTE = 60_000;
const PASSWORD = 'p@ss word/of:mail';

describeOnEachDatabase('A mail server', (open) => {
  let database: DatabaseUnderTest;
  let connection: DatabaseConnection;
  let server: MailServer;
  let clock: ManualClock;
  let instances: MailInstance[];
  let lines: string[];

  beforeAll(async () => {
    database = await open(1);
    [connection] = database.connections;
  });
  afterAll(() => database.remove());
  beforeEach(() => {
    clock = new ManualClock();
    instances = [];
    lines = logLines();
  });
  afterEach(async () => {
    await Promise.all(instances.map((instance) => instance.stop()));
    await server.stop();
    await connection.db.delete(mailOutbox);
    jest.restoreAllMocks();
  });

  function start(to: MailInstanceOptions['to']): MailInstance {
    const instance = new MailInstance(connection, { to, clock });
    instances.push(instance);
    return instance;
  }

  const rows = () => connection.db.select().from(mailOutbox);
  const isEmpty = () => eventually(async () => expect(await rows()).toEqual([]));
  const hasFailed = () =>
    eventually(() => Promise.resolve(expect(lines.join('\n')).toMatch(/tried again in/)));

  it.each([
    ['STARTTLS', { ...selfSignedCertificate(), disabledCommands: ['AUTH'] }],
    ['TLS from the first byte', { ...selfSignedCertificate(), secure: true, disabledCommands: ['AUTH'] }],
  ] as [string, SMTPServerOptions][])(
    'whose certificate for %s no authority has signed gets no mail, which waits',
    async (_how, options) => {
      server = await MailServer.start(options);
      await start(server.url).outbox.enqueue(noticeMail('ada@example.com'));
      await hasFailed();

      expect(lines.join('\n')).toMatch(
        /Mails cannot be sent, which is tried again: E\w+ \(self.signed certificate/i,
      );
      expect(server.attempts).toBe(0);
      expect(await rows()).toHaveLength(1);
    },
  );

  it('that offers no TLS gets no mail where it is required, which waits', async () => {
    server = await MailServer.start({ disabledCommands: ['STARTTLS', 'AUTH'] });
    const address = parseMailUrl(server.url);
    if (!address) throw new Error('no URL');
    const instance = start(new SmtpMailer({ ...address, requireTls: true }));
    await instance.outbox.enqueue(noticeMail('ada@example.com'));
    await hasFailed();
    expect(server.attempts).toBe(0);
    await instance.stop();

    clock.advance(5 * MINUTE);
    start(new SmtpMailer(address)).sender.wake();
    expect((await server.holds(1))[0]?.secure).toBe(false);
    await isEmpty();
  });

  it('that wants a password gets it, and no mail with a wrong one; it is never logged', async () => {
    server = await MailServer.start({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) =>
        username === 'latchkey' && password === PASSWORD
          ? done(null, { user: username })
          : done(Object.assign(new Error(`no ${password}`), { responseCode: 535 })),
    });
    const urlWith = (password: string) =>
      server.url.replace('//', `//latchkey:${encodeURIComponent(password)}@`);
    const wrong = start(urlWith('a wrong one'));
    await wrong.outbox.enqueue(noticeMail('ada@example.com'));
    await hasFailed();
    await wrong.stop();
    expect(lines.join('\n')).toMatch(/Mails cannot be sent, which is tried again: 535/);
    expect(server.attempts).toBe(0);

    clock.advance(5 * MINUTE);
    start(urlWith(PASSWORD)).sender.wake();
    expect((await server.holds(1))[0]?.user).toBe('latchkey');
    await isEmpty();
    for (const password of ['a wrong one', PASSWORD]) {
      expect(lines.join('\n')).not.toContain(password);
      expect(lines.join('\n')).not.toContain(Buffer.from(password).toString('base64'));
    }
  });
});
