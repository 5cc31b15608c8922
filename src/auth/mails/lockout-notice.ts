import { randomInt } from 'node:crypto';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import { IdentifierHash } from '../../audit/identifier-hash.js';
import type { ClientInfo } from '../../common/client-info.js';
import { Clock } from '../../common/clock.js';
import { logFailure } from '../../common/errors/log-failure.js';
import { logEntry } from '../../common/log-entry.js';
import type { Attempt } from '../../throttling/account/account-throttle.js';
import { UsersRepository } from '../../users/users.repository.js';
import { AccountNotices } from './account-notices.js';

/** Long after the answer: no caller can tell by its time, or by that of the next, who gets a mail. Milliseconds. */
const DELAY_MIN = 500;
const DELAY_MAX = 2_000;

/** Tells the owner of an account, once a streak, that an attacker is guessing its password. */
@Injectable()
export class LockoutNotice implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Login');
  private readonly pending = new Map<NodeJS.Timeout, () => Promise<void>>();

  constructor(
    private readonly users: UsersRepository,
    private readonly clock: Clock,
    private readonly notices: AccountNotices,
    private readonly audit: AuditSink,
    private readonly identifiers: IdentifierHash,
  ) {}

  /** Does the same at once whether there is such an account or not. */
  schedule(attempt: Attempt, email: string, client: ClientInfo): void {
    const at = new Date(this.clock.now());
    const complaint = 'The owner of an account could not be told of failed logins';
    const send = () =>
      logFailure(this.logger, complaint, () => this.send(attempt, email, client, at), client);
    const timer: NodeJS.Timeout = setTimeout(
      () => {
        this.pending.delete(timer);
        void send();
      },
      randomInt(DELAY_MIN, DELAY_MAX),
    );
    this.pending.set(timer.unref(), send);
  }

  /** While the stores still stand. */
  async beforeApplicationShutdown(): Promise<void> {
    for (const timer of this.pending.keys()) clearTimeout(timer);
    await Promise.all([...this.pending.values()].map((send) => send()));
    this.pending.clear();
  }

  private async send(attempt: Attempt, email: string, client: ClientInfo, at: Date): Promise<void> {
    if (!(await attempt.claimNotice())) return;
    this.logger.warn(logEntry('Wrong passwords of one account make it wait from now on.', client));
    const user = await this.users.findByEmail(email);
    await this.audit.record(this.identifiers.eventOf('account.throttled', email, user, client));
    if (user && !user.disabledAt) await this.notices.lockedOut(user, client, at);
  }
}
