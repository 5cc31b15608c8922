import { randomBytes } from 'node:crypto';
import type { Clock } from '../../src/common/clock.js';
import { Transaction, UnitOfWork } from '../../src/common/unit-of-work.js';
import { parseMailUrl } from '../../src/config/mail-url.js';
import type { DatabaseConnection } from '../../src/database/database.js';
import { DrizzleUnitOfWork } from '../../src/database/drizzle-unit-of-work.js';
import type { Mail } from '../../src/mail/mail.js';
import type { Outbox } from '../../src/mail/outbox.js';
import { MailComposer } from '../../src/mail/sending/mail-composer.js';
import { MailDelivery } from '../../src/mail/sending/mail-delivery.js';
import { MailRenderer } from '../../src/mail/sending/mail-renderer.js';
import { MailSealer } from '../../src/mail/sending/mail-sealer.js';
import { MailSender } from '../../src/mail/sending/mail-sender.js';
import type { MailTimings } from '../../src/mail/sending/mail-timings.js';
import { OutboxStore } from '../../src/mail/sending/outbox-store.js';
import { PostgresOutbox } from '../../src/mail/sending/postgres-outbox.js';
import { MailServerCircuitBreaker } from '../../src/mail/sending/mail-server-circuit-breaker.js';
import type { MailTemplates } from '../../src/mail/templates/mail-templates.js';
import { StandardMailTemplates } from '../../src/mail/templates/standard-mail-templates.js';
import type { Mailer } from '../../src/mail/transport/mailer.js';
import { SmtpMailer } from '../../src/mail/transport/smtp-mailer.js';
import { DerivedKeys } from '../../src/secrets/derived-keys.js';
import { IMPATIENT } from '../support/mail-timings.js';
import { testConfig } from '../support/test-config.js';

const APP_SECRET = randomBytes(32).toString('base64');

export const LINK = `https://id.acme.example/reset#token=${'Zk3v9QpX7mT1'.repeat(4)}`;

/** One whose link is good for a quarter of an hour. */
export function resetMail(to: string): Mail<'password-reset'> {
  const data = { name: null, link: LINK, expiresIn: 900_000 };
  return { to, template: 'password-reset', data, language: null };
}

/** One that has no link, and can be late. */
export function noticeMail(to: string): Mail<'account-exists'> {
  return { to, template: 'account-exists', data: { name: 'Ada' }, language: 'de' };
}

export interface MailInstanceOptions {
  /** Of the server, or what stands in for it. */
  readonly to: string | Mailer;
  readonly clock: Clock;
  readonly timings?: Partial<MailTimings>;
  readonly templates?: MailTemplates;
  readonly appSecret?: string;
  readonly from?: string;
}

/** What an instance of the server has for mails. It finds what others wrote only when it is woken. */
export class MailInstance {
  readonly outbox: Outbox;
  readonly sender: MailSender;
  private readonly unitOfWork: UnitOfWork;

  constructor(connection: DatabaseConnection, options: MailInstanceOptions) {
    const { to, clock, templates = new StandardMailTemplates(), appSecret = APP_SECRET } = options;
    const config = testConfig('unused', {
      APP_SECRET: appSecret,
      APP_NAME: 'Acme',
      MAIL_FROM: options.from ?? 'Acme <no-reply@acme.example>',
    });
    const mailer = typeof to === 'string' ? smtpMailer(to) : to;
    const timings = { ...IMPATIENT, poll: 3_600_000, ...options.timings };
    const store = new OutboxStore(connection.db, connection);
    const sealer = new MailSealer(new DerivedKeys(config.tokens));
    const state = new MailServerCircuitBreaker(clock);
    const renderer = new MailRenderer(templates, config.mail, config.app);
    const delivery = new MailDelivery(
      store,
      new MailComposer(sealer, renderer),
      mailer,
      state,
      timings,
      clock,
    );
    this.sender = new MailSender(store, delivery, mailer, state, timings, clock);
    this.outbox = new PostgresOutbox(store, sealer, this.sender, timings, clock);
    this.unitOfWork = new DrizzleUnitOfWork(connection);
  }

  run<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.unitOfWork.run(work);
  }

  /** As the end of the application does. */
  async stop(): Promise<void> {
    this.sender.onModuleDestroy();
    await this.sender.onApplicationShutdown();
  }
}

function smtpMailer(url: string): SmtpMailer {
  const server = parseMailUrl(url);
  if (!server) throw new Error('no URL');
  return new SmtpMailer(server);
}
