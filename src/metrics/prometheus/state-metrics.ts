import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { PasswordHasher } from '../../auth/passwords/password-hasher.js';
import { Clock } from '../../common/clock.js';
import { DatabaseConnection } from '../../database/database.js';
import { SigningKeys } from '../../tokens/keys/signing-keys.js';
import { RevocationList } from '../../tokens/revocation/revocation-list.js';
import type { MetricsRegistry } from './metrics-registry.js';
import { addOutboxMetrics } from './outbox-metrics.js';
import { Outbox } from '../../mail/outbox.js';

/** Adds what is read from the parts of the application when the metrics are: nothing is counted on the way. */
@Injectable()
export class StateMetrics {
  constructor(
    private readonly revocations: RevocationList,
    private readonly keys: SigningKeys,
    private readonly hasher: PasswordHasher,
    private readonly database: DatabaseConnection,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  addTo({ registry }: MetricsRegistry): void {
    this.addRevocations(registry);
    this.addKeys(registry);
    this.addHashing(registry);
    this.addPool(registry);
    addOutboxMetrics(registry, this.outbox, this.clock);
  }

  private addRevocations(registry: MetricsRegistry['registry']): void {
    const { revocations } = this;
    registry.registerMetric(
      new Gauge({
        name: 'latchkey_revocations_live',
        help: 'Revocations that are held in memory, by kind.',
        labelNames: ['kind'],
        registers: [],
        aggregator: 'max',
        collect() {
          for (const [kind, count] of Object.entries(revocations.counts)) this.set({ kind }, count);
        },
      }),
    );
    registry.registerMetric(
      new Gauge({
        name: 'latchkey_revocations_staleness_seconds',
        help: 'How old the knowledge of what is revoked is; beyond REVOCATION_MAX_STALENESS protected routes answer 503.',
        registers: [],
        aggregator: 'max',
        collect() {
          this.set(revocations.age / 1000);
        },
      }),
    );
  }

  private addKeys(registry: MetricsRegistry['registry']): void {
    const { keys, clock } = this;
    registry.registerMetric(
      new Gauge({
        name: 'latchkey_signing_key_age_seconds',
        help: 'For how long the current key has signed; not of keys from files.',
        labelNames: [],
        registers: [],
        aggregator: 'max',
        collect() {
          const since = keys.signsSince;
          // One without labels would be 0 by itself.
          if (since === undefined) this.remove();
          else this.set((clock.now() - since) / 1000);
        },
      }),
    );
    registry.registerMetric(
      new Gauge({
        name: 'latchkey_signing_keys_known',
        help: '1: it is known which signing keys are good; 0: it is not, and no token is accepted.',
        registers: [],
        aggregator: 'min',
        collect() {
          this.set(keys.isFresh ? 1 : 0);
        },
      }),
    );
  }

  private addHashing(registry: MetricsRegistry['registry']): void {
    const { hasher } = this;
    registry.registerMetric(
      new Gauge({
        name: 'latchkey_password_hash_queue',
        help: 'Passwords that are being hashed or verified, that wait for a thread, and that may wait at most.',
        labelNames: ['state'],
        registers: [],
        collect() {
          const { load } = hasher;
          if (!load) return;
          this.set({ state: 'running' }, load.running);
          this.set({ state: 'waiting' }, load.waiting);
          this.set({ state: 'limit' }, load.waitingMax);
        },
      }),
    );
    registry.registerMetric(
      new Counter({
        name: 'latchkey_password_hash_rejections_total',
        help: 'Requests that were refused (503) since too many passwords waited.',
        registers: [],
        collect() {
          this.reset();
          this.inc(hasher.load?.refused ?? 0);
        },
      }),
    );
  }

  private addPool(registry: MetricsRegistry['registry']): void {
    const { database } = this;
    registry.registerMetric(
      new Gauge({
        name: 'latchkey_database_pool',
        help: 'Connections to PostgreSQL that are in use or idle, what waits for one, and how many there may be.',
        labelNames: ['state'],
        registers: [],
        collect() {
          const { poolUse } = database;
          if (!poolUse) return;
          this.set({ state: 'in_use' }, poolUse.inUse);
          this.set({ state: 'idle' }, poolUse.idle);
          this.set({ state: 'waiting' }, poolUse.waiting);
          this.set({ state: 'limit' }, poolUse.max);
        },
      }),
    );
  }
}
