import { Injectable, Logger, Optional } from '@nestjs/common';
import { PasswordHasher } from '../auth/passwords/password-hasher.js';
import { Draining } from '../common/draining.js';
import type { CheckOutcome } from '../common/errors/latchkey-error.js';
import { reasonOf } from '../common/errors/without-parameters.js';
import { SigningKeys } from '../tokens/keys/signing-keys.js';
import { RevocationList } from '../tokens/revocation/revocation-list.js';
import { hashQueueOutcome } from './hash-queue-outcome.js';
import { Readiness, type ReadinessCheck, type ReadinessReport, READINESS_CHECKS } from './readiness.js';
import { StoreChecks } from './store-checks.js';
import type { TimedCheck } from './timed-check.js';

/** Asks the stores, and the parts of this process. */
@Injectable()
export class InstanceReadiness extends Readiness {
  private readonly logger = new Logger('Health');
  private readonly failures = new Map<ReadinessCheck, unknown>();
  /** The checks that the log knows to have failed. */
  private told = '';

  constructor(
    private readonly stores: StoreChecks,
    private readonly keys: SigningKeys,
    private readonly revocations: RevocationList,
    private readonly draining: Draining,
    @Optional() private readonly hasher?: PasswordHasher,
  ) {
    super();
  }

  async check(): Promise<ReadinessReport> {
    const [database, sessions] = await Promise.all([
      this.asked('database', this.stores.database),
      this.asked('sessions', this.stores.sessions),
    ]);
    const checks = {
      accepting: outcomeOf(!this.draining.hasBegun),
      database,
      sessions,
      keys: outcomeOf(this.keys.isFresh),
      revocations: outcomeOf(this.revocations.isFresh),
      hashQueue: hashQueueOutcome(this.hasher?.load),
    };
    const failed = READINESS_CHECKS.filter((name) => checks[name] === 'failed');
    this.tell(failed);
    return { status: failed.length === 0 ? 'ok' : 'unavailable', checks };
  }

  private async asked(name: ReadinessCheck, check: TimedCheck): Promise<CheckOutcome> {
    try {
      await check.run();
      this.failures.delete(name);
      return 'ok';
    } catch (error) {
      this.failures.set(name, error);
      return 'failed';
    }
  }

  private tell(failed: readonly ReadinessCheck[]): void {
    const names = failed.join(', ');
    if (names === this.told) return;
    this.told = names;
    if (failed.length === 0) this.logger.log('Ready again.');
    else this.logger.warn(`Not ready: ${failed.map((name) => this.described(name)).join('; ')}`);
  }

  private described(name: ReadinessCheck): string {
    return this.failures.has(name) ? `${name} (${reasonsOf(this.failures.get(name))})` : name;
  }
}

function outcomeOf(good: boolean): CheckOutcome {
  return good ? 'ok' : 'failed';
}

/** An error's reason and its causes'. */
function reasonsOf(error: unknown): string {
  const reason = reasonOf(error);
  return error instanceof Error && error.cause !== undefined
    ? `${reason}: ${reasonsOf(error.cause)}`
    : reason;
}
