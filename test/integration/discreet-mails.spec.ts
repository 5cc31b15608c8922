import { SystemClock } from '../../src/common/clock.js';
import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import type { DatabaseConnection } from '../../src/database/database.js';
import { type Mail, NO_RECIPIENT } from '../../src/mail/mail.js';
import { mailOutbox } from '../../src/mail/sending/mail-outbox.table.js';
import { MailTimings } from '../../src/mail/sending/mail-timings.js';
import type { MailRequest } from '../../src/mail/templates/mail-templates.js';
import { StandardMailTemplates } from '../../src/mail/templates/standard-mail-templates.js';
import { Mailer, type OutgoingMail } from '../../src/mail/transport/mailer.js';
import { eventually } from '../e2e/support/eventually.js';
import { MailServer } from '../support/mail-server.js';
import { type DatabaseUnderTest, describeOnEachDatabase } from './database-under-test.js';
import { MailInstance, type MailInstanceOptions, noticeMail, resetMail } from './mail-under-test.js';
import { ManualClock } from './manual-clock.js';

/** Remembers what it was asked for. */
class Remembering extends Mailer {
  readonly sent: OutgoingMail[] = [];
  readonly pretended: OutgoingMail[] = [];

  send(mail: OutgoingMail): Promise<void> {
    this.sent.push(mail);
    return Promise.resolve();
  }

  override pretend(mail: OutgoingMail): Promise<void> {
    this.pretended.push(mail);
    return Promise.resolve();
  }
}

describeOnEachDatabase('Mails that depend on who has an account', (open) => {
  let database: DatabaseUnderTest;
  let connection: DatabaseConnection;
  let instances: MailInstance[] = [];

  beforeAll(async () => {
    database = await open(1);
    [connection] = database.connections;
  });
  afterAll(() => database.remove());
  beforeEach(() => {
    jest.spyOn(Logger.prototype, 'debug').mockImplementation(() => undefined);
  });
  afterEach(async () => {
    await Promise.all(instances.map((instance) => instance.stop()));
    instances = [];
    await connection.db.delete(mailOutbox);
    jest.restoreAllMocks();
  });

  function start(options: MailInstanceOptions): MailInstance {
    const instance = new MailInstance(connection, options);
    instances.push(instance);
    return instance;
  }

  const rows = () => connection.db.select().from(mailOutbox).orderBy(mailOutbox.position);
  const isEmpty = () => eventually(async () => expect(await rows()).toEqual([]));
  const lockout = (to: string): Mail<'lockout'> => {
    const data = { name: null, at: new Date(0), ip: null, device: null };
    return { to, template: 'lockout', data, language: null };
  };

  it('are due a random half second to two seconds later, whether or not they have a recipient; others at once', async () => {
    const { discretionMin, discretionMax } = new MailTimings();
    const instance = start({
      to: new Remembering(),
      clock: new ManualClock(),
      timings: { discretionMin, discretionMax },
    });
    for (let n = 0; n < 20; n += 1) {
      await instance.outbox.enqueue(resetMail(n % 2 ? NO_RECIPIENT : 'ada@example.com'));
      await instance.outbox.enqueue(noticeMail('ada@example.com'));
    }
    const delays = (await rows()).map(({ dueAt, createdAt }) => dueAt.getTime() - createdAt.getTime());

    expect(delays).toHaveLength(40);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(500);
    expect(Math.max(...delays)).toBeLessThanOrEqual(2_000);
    expect(new Set(delays).size).toBeGreaterThan(20);
    await instance.outbox.enqueue(lockout('ada@example.com'));
    const left = async () => (await rows()).map(({ template }) => template);
    await eventually(async () => expect(await left()).not.toContain('lockout'));
    expect(await left()).toHaveLength(40);
  });

  it('are sent when they are due, without being looked for', async () => {
    const mailer = new Remembering();
    const timings = { discretionMin: 20, discretionMax: 40 };
    const instance = start({ to: mailer, clock: new SystemClock(), timings });
    await instance.run((transaction) => instance.outbox.enqueue(resetMail('ada@example.com'), transaction));
    await isEmpty();

    expect(mailer.sent.map(({ to }) => to)).toEqual(['ada@example.com']);
  });

  it('are made like all others where they have no recipient, and not handed over', async () => {
    const rendered: string[] = [];
    class Listening extends StandardMailTemplates {
      override render(request: MailRequest) {
        rendered.push(request.template);
        return super.render(request);
      }
    }
    const mailer = new Remembering();
    const instance = start({ to: mailer, clock: new ManualClock(), templates: new Listening() });
    await instance.outbox.enqueue(resetMail(NO_RECIPIENT));
    await isEmpty();

    expect(rendered).toEqual(['password-reset']);
    expect(mailer.pretended).toEqual([
      expect.objectContaining({ to: NO_RECIPIENT, subject: 'Reset your Acme password' }),
    ]);
    expect(mailer.sent).toEqual([]);
  });

  it('never reach the server where they have no recipient', async () => {
    const server = await MailServer.start();
    const instance = start({ to: server.url, clock: new ManualClock() });
    for (let n = 0; n < 5; n += 1) await instance.outbox.enqueue(resetMail(NO_RECIPIENT));
    await isEmpty();
    await instance.outbox.enqueue(resetMail('ada@example.com'));
    const [mail] = await server.holds(1);

    expect(mail?.envelope.to).toEqual(['ada@example.com']);
    expect(server.attempts).toBe(1);
    await isEmpty();
    await server.stop();
  });
});
