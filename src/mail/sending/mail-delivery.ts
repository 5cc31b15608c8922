import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { formatDuration } from '../../common/duration.js';
import { inSpan } from '../../common/tracing/in-span.js';
import { tracing } from '../../common/tracing/tracing.js';
import { NO_RECIPIENT } from '../mail.js';
import { MailDeliveryError, Mailer, type OutgoingMail } from '../transport/mailer.js';
import { MailComposer, UnreadableMailError } from './mail-composer.js';
import { MailTimings } from './mail-timings.js';
import { type OutboxRow, OutboxStore } from './outbox-store.js';
import { retryDelay } from './retry-policy.js';
import { MailServerCircuitBreaker } from './mail-server-circuit-breaker.js';

/** One mail: handed over and taken out of the outbox, or tried again later. */
@Injectable()
export class MailDelivery {
  private readonly logger = new Logger('Mail');

  constructor(
    private readonly store: OutboxStore,
    private readonly composer: MailComposer,
    private readonly mailer: Mailer,
    private readonly server: MailServerCircuitBreaker,
    private readonly timings: MailTimings,
    private readonly clock: Clock,
  ) {}

  /** @param abandon aborted at a shutdown: then the mail is left to others */
  async deliver(row: OutboxRow, abandon: AbortSignal): Promise<void> {
    const { expiresAt } = row;
    if (expiresAt && expiresAt.getTime() <= this.clock.now()) {
      await this.store.remove(row);
      this.logger.warn(`${nameOf(row)} was not sent in time: its link has expired.`);
      return;
    }
    try {
      const mail = this.composer.compose(row);
      await this.traced(row, () =>
        bounded((signal) => this.hand(mail, signal), this.timings.sendTimeout, abandon),
      );
    } catch (error) {
      if (abandon.aborted) return this.store.putOff(row, new Date(this.clock.now()));
      return this.failed(row, error);
    }
    await this.store.remove(row);
    this.logger.debug(`${nameOf(row)} is done with.`);
  }

  /** Says neither to whom, nor what; nor whether it is pretended, as of an address that has no account. */
  private traced({ template, attempts }: OutboxRow, send: () => Promise<void>): Promise<void> {
    const traced = tracing();
    if (!traced) return send();
    const attributes = { 'latchkey.mail.template': template, 'latchkey.mail.attempt': attempts };
    return inSpan(traced, 'mail send', { kind: 'CLIENT', attributes }, send);
  }

  private async hand(mail: OutgoingMail, signal: AbortSignal): Promise<void> {
    if (mail.to === NO_RECIPIENT) return this.mailer.pretend(mail, signal);
    await this.mailer.send(mail, signal);
    this.server.answered();
  }

  private async failed(row: OutboxRow, error: unknown): Promise<void> {
    const { failure, message } = toDeliveryError(error);
    if (failure === 'unavailable') this.server.failed(message);
    else if (!(error instanceof UnreadableMailError)) this.server.answered();
    const now = this.clock.now();
    const delay = retryDelay(failure, {
      attempts: row.attempts,
      age: now - row.createdAt.getTime(),
    });
    if (delay === undefined) {
      await this.store.giveUp(row, new Date(now));
      this.logger.error(`${nameOf(row)} was given up after ${row.attempts} attempts: ${message}`);
      return;
    }
    await this.store.putOff(row, new Date(now + delay));
    const again = formatDuration(Math.round(delay / 1000) * 1000);
    const line = `${nameOf(row)} was not accepted, which is tried again in ${again}: ${message}`;
    // Of an outage, the state of the server is told once.
    if (failure === 'unavailable') this.logger.debug(line);
    else this.logger.warn(line);
  }
}

/** Says neither to whom, nor what. */
function nameOf({ id, template }: OutboxRow): string {
  return `Mail ${id} (${template})`;
}

/** What a team's mailer throws may hold anything: only its kind is told. */
function toDeliveryError(error: unknown): MailDeliveryError {
  if (error instanceof MailDeliveryError) return error;
  const { name, code } = error as NodeJS.ErrnoException;
  return new MailDeliveryError('unavailable', code ?? name);
}

/** Rejects when the time is over or no one waits any longer, whether or not the work heeds its signal. */
async function bounded(
  work: (signal: AbortSignal) => Promise<void>,
  timeout: number,
  abandon: AbortSignal,
): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  const aborted = new Promise<never>((_, reject) => {
    const stop = () => reject(new MailDeliveryError('unavailable', 'no answer in time'));
    signal.addEventListener('abort', stop, { once: true });
  });
  const abort = () => controller.abort();
  const timer = setTimeout(abort, timeout);
  abandon.addEventListener('abort', abort, { once: true });
  try {
    if (abandon.aborted) abort();
    await Promise.race([aborted, work(signal)]);
  } finally {
    clearTimeout(timer);
    abandon.removeEventListener('abort', abort);
  }
}
