import { randomInt, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { Transaction, Write } from '../../common/unit-of-work.js';
import { plainWrite } from '../../database/sql-write.js';
import { DELAYED_TEMPLATES, type Mail, type MailTemplate } from '../mail.js';
import { Outbox, type OutboxDepth } from '../outbox.js';
import { MailSealer } from './mail-sealer.js';
import { MailSender } from './mail-sender.js';
import { MailTimings } from './mail-timings.js';
import { type NewOutboxRow, outboxPart, OutboxStore } from './outbox-store.js';

/** Writes mails into the database, in the transaction of what they tell of. */
@Injectable()
export class PostgresOutbox extends Outbox {
  constructor(
    private readonly store: OutboxStore,
    private readonly sealer: MailSealer,
    private readonly sender: MailSender,
    private readonly timings: MailTimings,
    private readonly clock: Clock,
  ) {
    super();
  }

  async enqueue<Template extends MailTemplate>(
    mail: Mail<Template>,
    transaction?: Transaction,
  ): Promise<void> {
    const delay = this.delayOf(mail.template);
    await this.store.insert(this.rowOf(mail, delay), transaction);
    if (!transaction) return this.sender.wake(delay);
    transaction.afterCommit(() => Promise.resolve(this.sender.wake(delay)));
  }

  override enqueuing<Template extends MailTemplate>(mail: Mail<Template>): Write {
    const delay = this.delayOf(mail.template);
    return plainWrite(
      outboxPart(this.rowOf(mail, delay)),
      (transaction) => this.enqueue(mail, transaction),
      () => Promise.resolve(this.sender.wake(delay)),
    );
  }

  private rowOf<Template extends MailTemplate>(mail: Mail<Template>, delay: number): NewOutboxRow {
    const id = randomUUID();
    const now = this.clock.now();
    return {
      id,
      template: mail.template,
      account: mail.account ?? null,
      sealed: this.sealer.seal(mail, id),
      createdAt: new Date(now),
      dueAt: new Date(now + delay),
      expiresAt: 'expiresIn' in mail.data ? new Date(now + mail.data.expiresIn) : null,
    };
  }

  private delayOf(template: MailTemplate): number {
    if (!DELAYED_TEMPLATES.has(template)) return 0;
    const { discretionMin, discretionMax } = this.timings;
    return randomInt(discretionMin, discretionMax + 1);
  }

  /** Those that were given up included. One that is being sent is sent. */
  override async discard(account: string, transaction?: Transaction): Promise<void> {
    await this.store.removeAbout(account, transaction);
  }

  override depth(): Promise<OutboxDepth> {
    return this.store.depth();
  }
}
