import { Counter, Histogram } from 'prom-client';
import {
  type HashOperation,
  type LogoutOutcome,
  Measurements,
  type RefreshOutcome,
  type RevocationSource,
} from '../../common/measurements.js';
import type { MetricsRegistry } from './metrics-registry.js';

/** Seconds. Within one, other instances are to know what is revoked. */
const LAG_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];
const HASH_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const REFRESH_OUTCOMES: readonly RefreshOutcome[] = [
  'rotated',
  'repeated',
  'reused',
  'ended',
  'expired',
  'invalid',
  'failed',
];

const LOGOUT_OUTCOMES: readonly LogoutOutcome[] = ['told', 'failed', 'given_up'];

/** Counts what it is told. */
export class PrometheusMeasurements extends Measurements {
  private readonly refreshes;
  private readonly lag;
  private readonly waits;
  private readonly hashes;
  private readonly limited;
  private readonly logouts;
  private readonly refusals;

  constructor({ registry }: MetricsRegistry) {
    super();
    const registers = [registry];
    this.refreshes = new Counter({
      name: 'latchkey_refreshes_total',
      help: 'Refresh tokens that were presented, by how they were answered.',
      labelNames: ['outcome'],
      registers,
    });
    // Alerts on what has not happened yet need a zero.
    for (const outcome of REFRESH_OUTCOMES) this.refreshes.inc({ outcome }, 0);
    this.lag = new Histogram({
      name: 'latchkey_revocation_lag_seconds',
      help: 'From when another instance made a revocation until it was known here, by how.',
      labelNames: ['source'],
      buckets: LAG_BUCKETS,
      registers,
    });
    for (const source of ['message', 'reading']) this.lag.zero({ source });
    this.waits = new Histogram({
      name: 'latchkey_password_hash_wait_seconds',
      help: 'How long passwords waited for a thread.',
      buckets: HASH_BUCKETS,
      registers,
    });
    this.hashes = new Histogram({
      name: 'latchkey_password_hash_duration_seconds',
      help: 'How long a thread took for a password, by what it did.',
      labelNames: ['operation'],
      buckets: HASH_BUCKETS,
      registers,
    });
    for (const operation of ['hash', 'verify']) this.hashes.zero({ operation });
    this.logouts = new Counter({
      name: 'latchkey_oauth_logouts_total',
      help: 'Times that a client was told of a logout, by how that went; given_up: it is not told any more.',
      labelNames: ['outcome'],
      registers,
    });
    for (const outcome of LOGOUT_OUTCOMES) this.logouts.inc({ outcome }, 0);
    this.refusals = new Counter({
      name: 'latchkey_oauth_errors_total',
      help: 'Requests to the authorization server that were refused or failed, by route and by the error that the client was told.',
      labelNames: ['route', 'error'],
      registers,
    });
    this.limited = new Counter({
      name: 'latchkey_rate_limited_total',
      help: 'Requests that were refused since a quota was spent or wrong passwords were too many, by which.',
      labelNames: ['quota'],
      registers,
    });
  }

  override logoutTold(outcome: LogoutOutcome): void {
    this.logouts.inc({ outcome });
  }

  override oauthRefused(route: string, error: string): void {
    this.refusals.inc({ route, error });
  }

  override refreshAnswered(outcome: RefreshOutcome): void {
    this.refreshes.inc({ outcome });
  }

  override revocationLearned(source: RevocationSource, lag: number): void {
    this.lag.observe({ source }, lag / 1000);
  }

  override passwordHashed(operation: HashOperation, waited: number, took: number): void {
    this.waits.observe(waited / 1000);
    this.hashes.observe({ operation }, took / 1000);
  }

  override quotaSpent(quota: string): void {
    this.limited.inc({ quota });
  }
}
