import { SystemClock } from '../../../src/common/clock.js';
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { DatabaseConnection } from '../../../src/database/database.js';
import { openDatabase } from '../../../src/database/open-database.js';
import { mailOutbox } from '../../../src/mail/sending/mail-outbox.table.js';
import { Mailer } from '../../../src/mail/transport/mailer.js';
import { MailServer } from '../../support/mail-server.js';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import { describeWithPostgres, type TestDatabase } from '../../support/services/available.js';
import { createMigratedDatabase } from '../../support/services/migrated-database.js';
import { temporaryDirectory, testEnvironment } from '../../support/test-config.js';
import { MailInstance, noticeMail } from '../../integration/mail-under-test.js';
import { eventually } from '../support/eventually.js';

const APP_SECRET = randomBytes(32).toString('base64');

const clock = new SystemClock();
/** For a writer that leaves the sending to others. */
class Nowhere extends Mailer {
  override readonly concurrency = 0;

  send(): Promise<void> {
    return Promise.reject(new Error('no mail is expected'));
  }
}

describeWithPostgres('A process that is killed between taking a mail and its end', () => {
  const directory = temporaryDirectory();
  let database: TestDatabase;
  let connection: DatabaseConnection;
  let mail: MailServer;
  let processes: LatchkeyProcess[];

  beforeAll(async () => {
    database = await createMigratedDatabase();
    connection = await openDatabase({ url: database.url, poolMax: 2, directory: '', schema: undefined });
  });
  afterAll(async () => {
    await connection.close();
    await database.drop();
    directory.remove();
  });
  beforeEach(async () => {
    mail = await MailServer.start();
    processes = [];
  });
  afterEach(async () => {
    await Promise.all(processes.map((each) => each.stop('SIGKILL')));
    await mail.stop();
  });

  it('loses nothing: another one sends it when the lease is over', async () => {
    const environment = testEnvironment(directory.path, {
      NODE_ENV: 'development',
      APP_SECRET,
      DATABASE_URL: database.url,
      PUBLIC_URL: 'http://latchkey.test',
      MAIL_URL: mail.url,
      MAIL_FROM: 'Acme <no-reply@acme.example>',
    });
    const launch = async () => {
      const started = await LatchkeyProcess.start(environment);
      processes.push(started);
      return started;
    };
    const first = await launch();
    mail.behaviour = 'hang';
    const writer = new MailInstance(connection, { to: new Nowhere(), clock, appSecret: APP_SECRET });
    await writer.outbox.enqueue(noticeMail('ada@example.com'));
    await mail.saw(1);
    await first.stop('SIGKILL');
    const [row] = await connection.db.select().from(mailOutbox);
    expect(row).toMatchObject({ attempts: 1, gaveUpAt: null });
    expect(row?.dueAt.getTime()).toBeGreaterThan(Date.now());

    // As if the lease were over.
    await connection.db.update(mailOutbox).set({ dueAt: new Date() });
    mail.behaviour = 'accept';
    const second = await launch();
    const [received] = await mail.holds(1);
    expect(received?.messageId).toBe(`<${row?.id}@acme.example>`);
    await eventually(async () => expect(await connection.db.select().from(mailOutbox)).toEqual([]));

    // And a process whose mail hangs ends in time.
    mail.behaviour = 'hang';
    await writer.outbox.enqueue(noticeMail('grace@example.com'));
    await mail.saw(3);
    expect(await second.stop()).toEqual({ code: 0, signal: null });
    const [left] = await connection.db.select().from(mailOutbox);
    expect(left?.dueAt.getTime()).toBeLessThanOrEqual(Date.now());
    expect(second.stdout + second.stderr).not.toMatch(/ada@|grace@/);
    await writer.stop();
  });
});
