import { setTimeout as sleep } from 'node:timers/promises';
import { Gauge, type Registry } from 'prom-client';
import type { Clock } from '../../common/clock.js';
import type { Outbox, OutboxDepth } from '../../mail/outbox.js';

/** An answer is used for so long: it is a statement. Milliseconds, as below. */
const KEPT = 5_000;
/** The metrics of everything else do not wait longer for a database that does not answer. */
const PATIENCE = 1_000;

/** Adds how many mails wait. While that is not known, there is no value. */
export function addOutboxMetrics(registry: Registry, outbox: Outbox, clock: Clock): void {
  const depth = new KnownDepth(outbox);
  registry.registerMetric(
    new Gauge({
      name: 'latchkey_mail_outbox',
      help: 'Mails that wait to be sent, and that were given up, in the database: the same from each instance.',
      labelNames: ['state'],
      registers: [],
      aggregator: 'max',
      async collect() {
        this.reset();
        const known = await depth.current();
        if (!known) return;
        this.set({ state: 'waiting' }, known.waiting);
        this.set({ state: 'given_up' }, known.givenUp);
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'latchkey_mail_outbox_oldest_seconds',
      help: 'How long the oldest mail has waited that is still to be sent; 0: none waits.',
      registers: [],
      aggregator: 'max',
      async collect() {
        this.remove();
        const known = await depth.current();
        if (known) this.set(known.oldest ? Math.max(0, clock.now() - known.oldest.getTime()) / 1000 : 0);
      },
    }),
  );
}

class KnownDepth {
  private asked: Promise<OutboxDepth | undefined> | undefined;
  private askedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly outbox: Outbox) {}

  /** @returns undefined if it is not known */
  async current(): Promise<OutboxDepth | undefined> {
    if (!this.asked || performance.now() - this.askedAt > KEPT) {
      this.askedAt = performance.now();
      this.asked = this.outbox.depth().catch(() => undefined);
    }
    return Promise.race([this.asked, sleep(PATIENCE, undefined, { ref: false })]);
  }
}
