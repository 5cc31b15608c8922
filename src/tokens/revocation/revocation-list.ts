import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { UnavailableError } from '../../common/errors/latchkey-error.js';
import type { Principal } from '../../common/principal.js';
import { type Revocation, RevocationStore } from './revocation-store.js';

/** How often the store is read for what other instances revoked. Milliseconds, as all below. */
const REFRESH_INTERVAL = 500;
/** How old our knowledge may be before nobody is let in. */
const STALENESS_BOUND = 5_000;
/** After a gap this long the recent entries are not enough, and all are read. */
const FULL_RELOAD_AFTER = 30_000;
const SWEEP_INTERVAL = 60_000;

/** What is revoked, known in process. When it cannot know, it says so, and protected routes answer 503. */
@Injectable()
export class RevocationList implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Revocation');
  /** Session id → when the entry can be forgotten. */
  private readonly sessions = new Map<string, number>();
  /** On the monotonic clock: an adjusted wall clock does not hide that we are stale. */
  private readAt = Number.NEGATIVE_INFINITY;
  /** On the wall clock, which goes on while the machine sleeps. */
  private readAtTime = Number.NEGATIVE_INFINITY;
  private refreshTimer: NodeJS.Timeout | undefined;
  private sweepTimer: NodeJS.Timeout | undefined;
  private stopped = false;
  private reportedStale = false;

  constructor(
    private readonly store: RevocationStore,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.read();
    this.sweepTimer = setInterval(() => this.sweep(), SWEEP_INTERVAL).unref();
    if (this.store.shared) this.scheduleRefresh();
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.refreshTimer);
    clearInterval(this.sweepTimer);
  }

  /** Takes effect on the very next request of this process. */
  add(entries: readonly Revocation[]): void {
    for (const { sessionId, expiresAt } of entries) this.sessions.set(sessionId, expiresAt.getTime());
  }

  /** @throws UnavailableError while the list is too old to trust */
  isRevoked(principal: Pick<Principal, 'sessionId'>): boolean {
    if (!this.isFresh) throw new UnavailableError('It cannot be known right now which tokens are revoked.');
    return this.sessions.has(principal.sessionId);
  }

  get isFresh(): boolean {
    return !this.store.shared || performance.now() - this.readAt <= STALENESS_BOUND;
  }

  private scheduleRefresh(): void {
    if (this.stopped) return;
    this.refreshTimer = setTimeout(() => void this.refresh(), REFRESH_INTERVAL).unref();
  }

  private async refresh(): Promise<void> {
    try {
      await this.read();
      if (this.reportedStale) this.logger.log('The revocations are known again; protected routes answer.');
      this.reportedStale = false;
    } catch (error) {
      if (!this.reportedStale && !this.isFresh) {
        this.reportedStale = true;
        this.logger.error(
          `The revocations cannot be read, protected routes answer 503: ${(error as Error).message}`,
        );
      }
    }
    this.scheduleRefresh();
  }

  private async read(): Promise<void> {
    const startedAt = performance.now();
    const startedAtTime = this.clock.now();
    const gap = Math.max(startedAt - this.readAt, startedAtTime - this.readAtTime);
    this.add(gap > FULL_RELOAD_AFTER ? await this.store.all() : await this.store.recent());
    this.readAt = startedAt;
    this.readAtTime = startedAtTime;
  }

  private sweep(): void {
    const now = this.clock.now();
    for (const [sessionId, expiresAt] of this.sessions) {
      if (expiresAt <= now) this.sessions.delete(sessionId);
    }
  }
}
