import type { Transaction, Write } from '../common/unit-of-work.js';
import type { Mail, MailTemplate } from './mail.js';

/** Mails that wait. */
export interface OutboxDepth {
  /** To be sent, or to be tried again. */
  readonly waiting: number;
  /** Not tried again; kept for an operator to look at. */
  readonly givenUp: number;
  /** When the oldest that waits was written; undefined: none waits. */
  readonly oldest?: Date | undefined;
}

/** Takes mails to be sent once what they tell of has been committed. */
export abstract class Outbox {
  /**
   * Writes the mail down; it is sent soon after, and tried again until it is.
   * @param transaction what it is part of: rolled back, nothing is sent
   */
  abstract enqueue<Template extends MailTemplate>(
    mail: Mail<Template>,
    transaction?: Transaction,
  ): Promise<void>;

  /** `enqueue`, to be done together with what the mail tells of: by itself, unless an outbox overrides it. */
  enqueuing<Template extends MailTemplate>(mail: Mail<Template>): Write {
    return { within: (transaction) => this.enqueue(mail, transaction) };
  }

  /** Throws away what has not been sent about an account. An outbox that keeps nothing has nothing to do. */
  discard(_account: string, _transaction?: Transaction): Promise<void> {
    return Promise.resolve();
  }

  /** For metrics. @returns undefined where it is not known */
  depth(): Promise<OutboxDepth | undefined> {
    return Promise.resolve(undefined);
  }
}
