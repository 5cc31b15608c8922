import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { ClientInfo } from '../common/client-info.js';
import { Clock } from '../common/clock.js';
import { logFailure } from '../common/errors/log-failure.js';
import type { AuditEvent } from './audit-event.js';
import { AuditSink } from './audit-sink.js';

/** Some MB. Beyond it the oldest are forgotten, and may be recorded once more. */
const KEYS_MAX = 10_000;

/**
 * Records what was refused. What a caller could repeat without end at no cost is recorded once in a while. No request waits
 * for it, so that its time tells nothing, and refusing needs no store.
 */
@Injectable()
export class RefusalLog implements OnApplicationShutdown {
  private readonly logger = new Logger('Audit');
  private readonly quietUntil = new Map<string, number>();
  private readonly pending = new Set<Promise<void>>();

  constructor(
    private readonly audit: AuditSink,
    private readonly clock: Clock,
  ) {}

  /** @param client who was refused */
  record(client: ClientInfo, event: () => AuditEvent | Promise<AuditEvent>): void {
    const work = async () => this.audit.record(await event());
    const recording = logFailure(this.logger, 'A refusal could not be recorded', work, client);
    this.pending.add(recording);
    void recording.finally(() => this.pending.delete(recording));
  }

  /**
   * @param key what counts as the same
   * @param duration for which it is not told again. Milliseconds
   * @returns whether it is to be told: it was not, in this process, for so long
   */
  shouldReport(key: string, duration: number): boolean {
    const now = this.clock.now();
    if (now < (this.quietUntil.get(key) ?? -Infinity)) return false;
    // The one told last is the last.
    this.quietUntil.delete(key);
    const [oldest] = this.quietUntil.keys();
    if (this.quietUntil.size >= KEYS_MAX && oldest !== undefined) this.quietUntil.delete(oldest);
    this.quietUntil.set(key, now + duration);
    return true;
  }

  /** Waits for what is being written, since the database is closed next. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.pending);
  }
}
