import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { PeriodicTask } from '../../common/periodic-task.js';
import { RevocationList } from '../../tokens/revocation/revocation-list.js';
import type { Revocation } from '../../tokens/revocation/revocation.js';
import { LogoutDelivery } from './logout-delivery.js';
import { LogoutNotices } from './logout-notices.js';

/** What other instances put off is looked for so often. Milliseconds, as below. */
const PERIOD = { firstAfter: 1_000, interval: 5_000, jitter: 0.2 };
const AT_ONCE = 50;
/** Others are no session's of a grant. */
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
/** Of everyone's era. */
const EVERYONE = '';

/**
 * Tells clients that grants of theirs have ended. Which may have, each instance learns with the revocations, whoever ended them and
 * where; a row is taken by one instance.
 */
@Injectable()
export class LogoutSender extends PeriodicTask {
  private readonly sessions = new Set<string>();
  private readonly subjects = new Set<string>();
  private started = false;

  constructor(
    revocations: RevocationList,
    private readonly notices: LogoutNotices,
    private readonly delivery: LogoutDelivery,
    private readonly clock: Clock,
  ) {
    super('OAuth', 'Clients cannot be told of logouts', PERIOD);
    revocations.onLearned((learned) => this.note(learned));
  }

  override onApplicationBootstrap(): void {
    this.started = true;
    super.onApplicationBootstrap();
  }

  async run(given?: AbortSignal): Promise<void> {
    const signal = given ?? new AbortController().signal;
    await this.lookAtNoted();
    while (!signal.aborted) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- one step after the other
      const claimed = await this.notices.claim(AT_ONCE, new Date(this.clock.now()));
      // oxlint-disable-next-line eslint/no-await-in-loop -- the same
      await Promise.all(claimed.map((notice) => this.delivery.deliver(notice, signal)));
      if (claimed.length < AT_ONCE) return;
    }
  }

  private note(learned: readonly Revocation[]): void {
    for (const { kind, id } of learned) {
      if (kind === 'session' && UUID.test(id)) this.sessions.add(id);
      if (kind === 'era') this.subjects.add(id);
    }
    if (this.started && (this.sessions.size > 0 || this.subjects.size > 0)) this.runSoon();
  }

  /** What could not be noted in the database stays for the next run. */
  private async lookAtNoted(): Promise<void> {
    const now = new Date(this.clock.now());
    const sessions = [...this.sessions];
    if (sessions.length > 0) await this.notices.lookAt(sessions, now);
    for (const id of sessions) this.sessions.delete(id);
    for (const subject of this.subjects) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- one after the other
      await (subject === EVERYONE ? this.notices.lookAtAll(now) : this.notices.lookAtAllOf(subject, now));
      this.subjects.delete(subject);
    }
  }
}
