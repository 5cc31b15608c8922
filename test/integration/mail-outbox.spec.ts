import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { DatabaseConnection } from '../../src/database/database.js';
import { mailOutbox } from '../../src/mail/sending/mail-outbox.table.js';
import { MailDeliveryError, Mailer, type OutgoingMail } from '../../src/mail/transport/mailer.js';
import type { MailRequest } from '../../src/mail/templates/mail-templates.js';
import { StandardMailTemplates } from '../../src/mail/templates/standard-mail-templates.js';
import { logLines } from '../support/log-lines.js';
import { MailServer } from '../support/mail-server.js';
import { eventually } from '../e2e/support/eventually.js';
import { type DatabaseUnderTest, describeOnEachDatabase } from './database-under-test.js';
import { LINK, MailInstance, type MailInstanceOptions, noticeMail, resetMail } from './mail-under-test.js';
import { ManualClock } from './manual-clock.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 1_440 * MINUTE;

describeOnEachDatabase('The outbox of mails', (open) => {
  let database: DatabaseUnderTest;
  let connection: DatabaseConnection;
  let server: MailServer;
  let clock: ManualClock;
  let instances: MailInstance[] = [];
  let lines: string[];

  beforeAll(async () => {
    database = await open(2);
    [connection] = database.connections;
  });
  afterAll(() => database.remove());

  beforeEach(async () => {
    server = await MailServer.start();
    clock = new ManualClock();
    lines = logLines();
  });
  afterEach(async () => {
    await Promise.all(instances.map((instance) => instance.stop()));
    instances = [];
    await server.stop();
    await connection.db.delete(mailOutbox);
    jest.restoreAllMocks();
  });

  function start(options: Partial<MailInstanceOptions> = {}, on = connection): MailInstance {
    const instance = new MailInstance(on, { to: server.url, clock, ...options });
    instances.push(instance);
    return instance;
  }

  const rows = () => connection.db.select().from(mailOutbox).orderBy(mailOutbox.position);
  const isEmpty = () => eventually(async () => expect(await rows()).toEqual([]));
  /** Once no process holds a mail, and so many attempts have failed. */
  const hasFailed = (attempts: number) =>
    eventually(async () => {
      const [row] = await rows();
      expect(row?.attempts).toBe(attempts);
      expect(row?.dueAt.getTime()).not.toBe(clock.now() + 90 * SECOND);
    });
  /** Until it is due, and then some. */
  async function advanceTo(instance: MailInstance, row = 0): Promise<void> {
    const dueAt = (await rows())[row]?.dueAt.getTime() ?? 0;
    clock.advance(Math.max(dueAt - clock.now(), 0) + 2 * MINUTE);
    instance.sender.wake();
  }

  describe('sends a mail', () => {
    it('once what it tells of is committed, with the headers of an automatic mail', async () => {
      const instance = start();
      const seen = await instance.run(async (transaction) => {
        await instance.outbox.enqueue(resetMail('ada@example.com'), transaction);
        instance.sender.wake();
        return server.attempts;
      });
      const [mail] = await server.holds(1);
      await isEmpty();

      expect(seen).toBe(0);
      expect(mail?.envelope).toEqual({ from: 'no-reply@acme.example', to: ['ada@example.com'] });
      expect(mail?.from).toEqual({ name: 'Acme', address: 'no-reply@acme.example' });
      expect(mail?.to).toEqual([{ name: '', address: 'ada@example.com' }]);
      expect(mail?.subject).toBe('Reset your Acme password');
      expect(mail?.messageId).toMatch(/^<[0-9a-f-]{36}@acme\.example>$/);
      expect(mail?.date).toBe(new Date(clock.now()).toISOString());
      const headers = Object.fromEntries(mail?.headers.map(({ key, value }) => [key, value]) ?? []);
      expect(headers).toMatchObject({
        'auto-submitted': 'auto-generated',
        'content-language': 'en',
        'content-type': expect.stringMatching(/^multipart\/alternative;/),
      });
      expect(Object.keys(headers).toSorted().join(' ')).toBe(
        'auto-submitted content-language content-type date from message-id mime-version subject to x-auto-response-suppress',
      );
      expect(mail?.text).toContain(LINK);
      expect(mail?.html).toContain(`href="${LINK}"`);
      expect(mail?.attachments).toEqual([]);
      expect(server.received).toHaveLength(1);
    });

    it('unless the account that it is about is deleted first: its notice is all that is sent then', async () => {
      const instance = start({ to: 'smtp://127.0.0.1:1' });
      const { outbox } = instance;
      await outbox.enqueue({ ...noticeMail('ada@example.com'), account: 'ada' });
      await outbox.enqueue({ ...noticeMail('bob@example.com'), account: 'bob' });
      await connection.db.update(mailOutbox).set({ gaveUpAt: new Date() });
      await instance.run(async (transaction) => {
        await outbox.discard('ada', transaction);
        await outbox.enqueue(noticeMail('ada@example.com'), transaction);
      });
      expect((await rows()).map(({ account }) => account)).toEqual(['bob', null]);
    });

    it('that is part of nothing, in the language that was asked for', async () => {
      await start().outbox.enqueue(noticeMail('ada@example.com'));
      const [mail] = await server.holds(1);

      expect(mail?.subject).toBe('Sie haben bereits ein Konto bei Acme');
      expect(mail?.headers.find(({ key }) => key === 'content-language')?.value).toBe('de');
    });

    it.each([
      ['Acme Security <no-reply@acme.example>', 'Acme Security'],
      ['no-reply@acme.example', 'Acme'],
    ])('from %s, which calls the service by its own name', async (from, sender) => {
      await start({ from }).outbox.enqueue(resetMail('ada@example.com'));
      const [mail] = await server.holds(1);

      expect(mail?.from).toEqual({ name: sender, address: 'no-reply@acme.example' });
      expect(mail?.subject).toBe('Reset your Acme password');
      expect(mail?.html).not.toContain('Acme Security');
    });

    it('never if what it tells of is rolled back', async () => {
      const instance = start();
      const work = instance.run(async (transaction) => {
        await instance.outbox.enqueue(resetMail('ada@example.com'), transaction);
        throw new Error('no');
      });
      await expect(work).rejects.toThrow('no');
      await instance.outbox.enqueue(noticeMail('grace@example.com'));
      const received = await server.holds(1);
      await isEmpty();

      expect(received.map(({ to }) => to?.[0]?.address)).toEqual(['grace@example.com']);
    });

    it('to one address only, whatever is in it, and lets no caller write headers', async () => {
      const instance = start();
      const addresses = [
        'a@b.example, c@d.example',
        'a@b.example\r\nBcc: c@d.example',
        'A <a@b.example>',
        'x',
      ];
      for (const address of addresses) await instance.outbox.enqueue(noticeMail(address));
      const data = { name: '<b>"Ada"</b>\r\nBcc: x', at: new Date(0), ip: '::1\r\nBcc: x', device: null };
      await instance.outbox.enqueue({
        to: 'ada@example.com',
        template: 'lockout',
        data,
        language: 'x\r\nBcc: x',
      });
      const [mail] = await server.holds(1);
      await eventually(async () => expect((await rows()).map((row) => row.attempts)).toEqual([1, 1, 1, 1]));

      expect(mail?.headers.map(({ key }) => key)).not.toContain('bcc');
      expect(mail?.text).toContain('IP address: ::1 Bcc: x\n');
      expect(mail?.envelope.to).toEqual(['ada@example.com']);
      expect(server.attempts).toBe(1);
    });
  });

  it('holds nothing that the table would tell: neither link, nor address, nor name', async () => {
    await server.stop();
    const instance = start();
    await instance.outbox.enqueue({
      ...resetMail('ada@example.com'),
      data: { name: 'Lovelace', link: LINK, expiresIn: 900_000 },
    });
    const [row] = await rows();
    const dump = JSON.stringify(row);

    expect(row).toMatchObject({ template: 'password-reset', sealed: expect.stringMatching(/^v1\.[\w-]+$/) });
    expect(dump).not.toMatch(/ada@|Lovelace|acme\.example|token/);
    const bytes = Buffer.from(row?.sealed.slice(3) ?? '', 'base64url').toString('latin1');
    expect(bytes).not.toMatch(/ada@|Lovelace|acme\.example|token/);
  });

  it('says neither address nor link in the log, whatever happens', async () => {
    server.behaviour = { at: 'data', code: 451 };
    const instance = start();
    await instance.outbox.enqueue(resetMail('ada@example.com'));
    await hasFailed(1);
    await server.stop();
    await advanceTo(instance);
    await hasFailed(2);
    await server.start();
    server.behaviour = 'accept';
    await advanceTo(instance);
    await server.holds(1);
    await isEmpty();

    expect(lines.join('\n')).toMatch(/451 4\.7\.1 after DATA[\s\S]*ECONNREFUSED/);
    expect(lines.join('\n')).not.toMatch(/ada@|token=|https:/);
  });

  describe('when the mail server', () => {
    it('is down, loses nothing, tries one mail at a time, and sends all when it is up again', async () => {
      await server.stop();
      const instance = start();
      for (let n = 0; n < 12; n += 1) await instance.outbox.enqueue(noticeMail(`u${n}@example.com`));
      await eventually(async () => expect((await rows()).some((row) => row.attempts > 0)).toBe(true));
      await instance.stop();
      const tried = (await rows()).filter((row) => row.attempts > 0).length;
      expect(tried).toBeLessThanOrEqual(5);
      expect(lines.filter((line) => line.startsWith('Mails cannot be sent'))).toHaveLength(1);

      const later = start();
      clock.advance(30 * MINUTE);
      later.sender.wake();
      const failed = () => lines.filter((line) => line.startsWith('Mails cannot be sent'));
      await eventually(() => Promise.resolve(expect(failed()).toHaveLength(2)));
      await server.start();
      clock.advance(5 * MINUTE);
      later.sender.wake();
      await isEmpty();
      expect(new Set(server.received.map(({ to }) => to?.[0]?.address)).size).toBe(12);
      expect(server.received).toHaveLength(12);
      expect(lines).toContain('Mails can be sent again.');
    });

    it('greylists (4xx), tries again later, with the same Message-ID', async () => {
      server.behaviour = { at: 'recipient', code: 450 };
      const instance = start();
      await instance.outbox.enqueue(noticeMail('ada@example.com'));
      await hasFailed(1);
      const [row] = await rows();
      const delay = (row?.dueAt.getTime() ?? 0) - clock.now();
      expect(delay).toBeGreaterThanOrEqual(13 * SECOND);
      expect(delay).toBeLessThanOrEqual(17 * SECOND);
      server.behaviour = 'accept';
      instance.sender.wake();
      clock.advance(delay);
      instance.sender.wake();
      const [mail] = await server.holds(1);
      await isEmpty();

      expect(mail?.messageId).toBe(`<${row?.id}@acme.example>`);
      expect(server.attempts).toBe(2);
    });

    it('defers one mail, sends the others meanwhile', async () => {
      server.behaviour = { at: 'data', code: 452 };
      const instance = start();
      await instance.outbox.enqueue(noticeMail('ada@example.com'));
      await hasFailed(1);
      server.behaviour = 'accept';
      await instance.outbox.enqueue(noticeMail('grace@example.com'));
      const received = await server.holds(1);

      expect(received[0]?.to?.[0]?.address).toBe('grace@example.com');
      await eventually(async () => expect(await rows()).toHaveLength(1));
    });

    it('refuses (5xx), gives up after four attempts, keeps the row a week, and says so', async () => {
      server.behaviour = { at: 'recipient', code: 550 };
      const instance = start();
      await instance.outbox.enqueue(noticeMail('ada@example.com'));
      for (let attempts = 1; attempts < 4; attempts += 1) {
        await hasFailed(attempts);
        await advanceTo(instance);
      }
      await eventually(async () => expect((await rows())[0]?.gaveUpAt).not.toBeNull());
      expect(lines.at(-1)).toMatch(/^Mail \S+ \(account-exists\) was given up after 4 attempts: 550 5\.7\.1/);
      await instance.stop();
      server.behaviour = 'accept';

      const [row] = await rows();
      clock.advance(6 * DAY);
      const gaveUpAt = new Date(clock.now() - 7 * DAY);
      const old = { id: randomUUID(), template: '', sealed: '', createdAt: gaveUpAt, dueAt: gaveUpAt };
      await connection.db.insert(mailOutbox).values({ ...old, attempts: 4, gaveUpAt });
      const restarted = start();
      restarted.sender.onApplicationBootstrap();
      clock.advance(MINUTE);
      restarted.sender.wake();
      await eventually(async () => expect(await rows()).toEqual([row]));
      clock.advance(DAY);
      restarted.sender.wake();
      await isEmpty();
      expect(server.attempts).toBe(4);
    });

    it('hangs, waits no longer than a mail may take, and sends it when it has come to', async () => {
      server.behaviour = 'hang';
      const hasty = start({ timings: { sendTimeout: 200 } });
      await hasty.outbox.enqueue(noticeMail('ada@example.com'));
      await hasFailed(1);
      await hasty.stop();
      server.behaviour = 'accept';
      await advanceTo(start());
      await server.holds(1);
      await isEmpty();
    });

    it('cannot be reached for three days, gives up', async () => {
      await server.stop();
      const instance = start();
      await instance.outbox.enqueue(noticeMail('ada@example.com'));
      await hasFailed(1);
      clock.advance(3 * DAY);
      instance.sender.wake();
      await eventually(async () => expect((await rows())[0]?.gaveUpAt).not.toBeNull());
    });
  });

  it('does not send a link that has expired', async () => {
    await server.stop();
    const instance = start();
    await instance.outbox.enqueue(resetMail('ada@example.com'));
    await hasFailed(1);
    await server.start();
    clock.advance(15 * MINUTE);
    instance.sender.wake();
    await isEmpty();

    expect(server.attempts).toBe(0);
    expect(lines.at(-1)).toMatch(/^Mail \S+ \(password-reset\) was not sent in time/);
  });

  it('keeps a mail that it cannot open until APP_SECRET is right again', async () => {
    const other = randomBytes(32).toString('base64');
    const wrong = start({ appSecret: other, to: new Unreachable() });
    await wrong.outbox.enqueue(noticeMail('ada@example.com'));
    await hasFailed(1);
    const right = start();
    await advanceTo(right);
    await hasFailed(2);
    expect(lines.join()).toContain('it does not open: is APP_SECRET another one?');
    await advanceTo(start({ appSecret: other }));
    await server.holds(1);
  });

  it('keeps a mail whose template fails, and sends the others', async () => {
    class Broken extends StandardMailTemplates {
      override render(request: MailRequest) {
        if (request.template === 'password-reset') throw new TypeError(`secret ${JSON.stringify(request)}`);
        return super.render(request);
      }
    }
    const instance = start({ templates: new Broken() });
    await instance.outbox.enqueue(resetMail('ada@example.com'));
    await instance.outbox.enqueue(noticeMail('ada@example.com'));
    await server.holds(1);
    await hasFailed(1);

    expect(lines.join()).toContain('its template failed (TypeError)');
    expect(lines.join()).not.toContain('token');
  });

  describe('with several instances', () => {
    it('sends each mail once', async () => {
      const [first, second = first] = database.connections;
      const here = start({}, first);
      const there = start({}, second);
      const enqueue = async (n: number) => {
        await (n % 2 ? here : there).outbox.enqueue(noticeMail(`u${n}@example.com`));
        here.sender.wake();
        there.sender.wake();
      };
      await Promise.all(Array.from({ length: 60 }, (_, n) => enqueue(n)));
      await server.holds(60);
      await isEmpty();

      expect(new Set(server.received.map(({ messageId }) => messageId)).size).toBe(60);
      expect(server.received).toHaveLength(60);
    });

    it('leaves a mail to the instance that took it, and takes it over when that one is silent', async () => {
      const dead = start({ to: new Unreachable('forever') });
      await dead.outbox.enqueue(noticeMail('ada@example.com'));
      await eventually(async () => expect((await rows())[0]?.attempts).toBe(1));
      const alive = start({}, database.connections.at(-1));
      alive.sender.wake();
      clock.advance(90 * SECOND - 1);
      alive.sender.wake();
      await alive.outbox.enqueue(noticeMail('grace@example.com'));
      expect((await server.holds(1))[0]?.to?.[0]?.address).toBe('grace@example.com');
      clock.advance(1);
      alive.sender.wake();
      expect((await server.holds(2))[1]?.to?.[0]?.address).toBe('ada@example.com');
      await isEmpty();
    });
  });

  describe('at a shutdown', () => {
    it('lets what is under way end', async () => {
      const mailer = new Slow();
      const instance = start({ to: mailer });
      await instance.outbox.enqueue(noticeMail('ada@example.com'));
      await mailer.began;
      const stopping = instance.stop();
      mailer.finish();
      await stopping;

      expect(await rows()).toEqual([]);
    });

    it('gives back at once what does not end, and takes nothing more', async () => {
      const stuck = start({ to: new Unreachable('forever'), timings: { stopGrace: 50 } });
      await stuck.outbox.enqueue(noticeMail('ada@example.com'));
      await eventually(async () => expect((await rows())[0]?.attempts).toBe(1));
      await stuck.stop();
      await stuck.outbox.enqueue(noticeMail('grace@example.com'));
      expect((await rows()).map((row) => [row.attempts, row.dueAt.getTime() - clock.now()])).toEqual([
        [1, 0],
        [0, 0],
      ]);

      start().sender.wake();
      await server.holds(2);
    });
  });
});

/** Takes no mail, or never answers. */
class Unreachable extends Mailer {
  constructor(private readonly how: 'at once' | 'forever' = 'at once') {
    super();
  }

  send(): Promise<void> {
    if (this.how === 'forever') return new Promise(() => undefined);
    return Promise.reject(new MailDeliveryError('deferred', 'no'));
  }
}

/** Until it is told. */
class Slow extends Mailer {
  private begin: (mail: OutgoingMail) => void = () => undefined;
  readonly began = new Promise<OutgoingMail>((resolve) => (this.begin = resolve));
  finish: () => void = () => undefined;

  send(mail: OutgoingMail): Promise<void> {
    this.begin(mail);
    return new Promise((resolve) => (this.finish = resolve));
  }
}
