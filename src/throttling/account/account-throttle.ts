import { createHmac, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { AccountThrottlingConfig } from '../../config/slices.js';
import { DerivedKeys } from '../../secrets/derived-keys.js';
import { StoreCircuitBreaker } from '../store/store-circuit-breaker.js';
import { AccountThrottledError } from './account-throttled.error.js';
import { AttemptStore, type CountedAttempt, delayAfter } from './attempt-store.js';
import { InProcessAttempts } from './in-process-attempts.js';

/** Whose wrong passwords are counted together. */
export interface ThrottleSubject {
  /** `device`: one that logged in to the account before. `session`: whoever holds it. */
  readonly kind: 'account' | 'device' | 'session';
  readonly id: string;
}

/** A try of a password, counted as a failure until it is given back. */
export interface Attempt {
  /** As a failure it is the one, or one of those, that make others wait. */
  readonly throttling: boolean;
  /** It was no failure. Never fails. */
  refund(): Promise<void>;
  /** @returns true once a streak: for telling the owner */
  claimNotice(): Promise<boolean>;
}

/**
 * Makes wrong passwords slower and slower, from however many addresses they come. Each is counted before the password is
 * verified, so that many at once are no more than many in a row.
 */
@Injectable()
export class AccountThrottle {
  private readonly key: KeyObject;
  /** Counts while the shared store does not answer, going on from what that said last. */
  private readonly own: InProcessAttempts;

  constructor(
    private readonly config: AccountThrottlingConfig,
    private readonly store: AttemptStore,
    private readonly patience: StoreCircuitBreaker,
    private readonly clock: Clock,
    derivedKeys: DerivedKeys,
  ) {
    this.key = derivedKeys.derive('failed-attempts').current;
    this.own = store instanceof InProcessAttempts ? store : new InProcessAttempts(config);
  }

  /** @throws AccountThrottledError while whoever is guessed at may not be tried */
  async begin(guessed: ThrottleSubject): Promise<Attempt> {
    const key = this.keyOf(guessed);
    const now = this.clock.now();
    const shared = await this.askStore((store) => store.count(key, now));
    if (shared) this.own.remember(key, shared);
    const counted = shared ?? (await this.own.count(key, now));
    if (!counted.allowed) throw new AccountThrottledError(this.secondsLeft(counted, now));
    return this.attempt(key, counted, shared !== undefined);
  }

  /** The password was proved in another way, e.g. replaced by the owner of the mailbox. */
  async forget(guessed: ThrottleSubject): Promise<void> {
    const key = this.keyOf(guessed);
    await Promise.all([this.own.forget(key), this.askStore((store) => store.forget(key))]);
  }

  private attempt(key: string, counted: CountedAttempt, shared: boolean): Attempt {
    const { failures, noticed } = counted;
    return {
      throttling: failures >= this.config.failures && !noticed,
      refund: async () => {
        await this.own.refund(key, counted);
        if (shared) await this.askStore((store) => store.refund(key, counted));
      },
      claimNotice: async () => {
        const own = await this.own.claimNotice(key);
        return (shared ? await this.askStore((store) => store.claimNotice(key)) : undefined) ?? own;
      },
    };
  }

  private async askStore<T>(question: (store: AttemptStore) => Promise<T>): Promise<T | undefined> {
    return this.store === this.own ? undefined : this.patience.ask(() => question(this.store));
  }

  private secondsLeft(streak: CountedAttempt, now: number): number {
    const until = streak.countedAt + delayAfter(streak.failures, this.config);
    return Math.max(1, Math.ceil((until - now) / 1000));
  }

  /** No address lies in the store, and none can be looked for there without `APP_SECRET`. */
  private keyOf({ kind, id }: ThrottleSubject): string {
    return createHmac('sha256', this.key).update(`${kind}:${id}`).digest('base64url');
  }
}
