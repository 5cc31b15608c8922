import { createHmac, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { AccountThrottlingConfig } from '../../config/config.js';
import { DerivedKeys } from '../../secrets/derived-keys.js';
import { StoreCircuitBreaker } from '../store/store-circuit-breaker.js';
import { AccountThrottledError } from './account-throttled.error.js';
import { AttemptStore, type CountedAttempt, delayAfter } from './attempt-store.js';
import { InProcessAttempts } from './in-process-attempts.js';
import { PendingAttempts } from './pending-attempts.js';

/** So often in a row the store has not refused by mistake. */
const REFUSALS_MAX = 20;

/** Whose wrong passwords are counted together. */
export interface ThrottleSubject {
  /**
   * `device`: one that logged in to the account before. `session`: the one who holds it. `challenge`: what completes a login to
   * the account after its password.
   */
  readonly kind: 'account' | 'device' | 'session' | 'challenge';
  readonly id: string;
}

/** A try of a password, counted as a failure until it is given back. */
export interface Attempt {
  /** As a failure it is the one, or one of those, that make others wait. */
  readonly throttling: boolean;
  /** It was a failure. Either this or `refund`, once. Never fails. */
  fail(): Promise<void>;
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
  private readonly pending = new PendingAttempts();

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

  /**
   * Counts a try of a password, whose end has to be said with `refund` or `fail`. Where others that are under way, in
   * whichever process, leave no room, it waits for their ends.
   * @throws AccountThrottledError while the account, device or session may not be tried
   * @throws UnavailableError if very many wait already
   */
  async begin(guessed: ThrottleSubject): Promise<Attempt> {
    const key = this.keyOf(guessed);
    for (let refusals = 0; ; refusals += 1) {
      const now = this.clock.now();
      // oxlint-disable-next-line eslint/no-await-in-loop -- one after the other
      const { counted, shared } = await this.count(key, now);
      if (counted.allowed) {
        this.pending.begin(key);
        return this.attempt(key, counted, shared);
      }
      const wait = this.waitAfter(counted, now);
      // Given back between the refusal and the look at what there was; or refused by a rule of the store's own.
      if (wait <= 0 && refusals < REFUSALS_MAX) continue;
      const next = wait > 0 ? this.pending.next(key, counted.pending > 0) : undefined;
      if (!next) {
        this.pending.refuse(key);
        throw new AccountThrottledError(Math.max(1, Math.ceil(wait / 1000)));
      }
      // oxlint-disable-next-line eslint/no-await-in-loop -- until there is room, or nothing to wait for
      await next;
    }
  }

  private async count(key: string, now: number): Promise<{ counted: CountedAttempt; shared: boolean }> {
    const shared = await this.askStore((store) => store.count(key, now));
    if (shared) this.own.remember(key, shared);
    return { counted: shared ?? (await this.own.count(key, now)), shared: shared !== undefined };
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
      fail: () => this.end(key, shared, (store) => store.fail(key)),
      refund: () => this.end(key, shared, (store) => store.refund(key, counted)),
      claimNotice: async () => {
        const own = await this.own.claimNotice(key);
        return (shared ? await this.askStore((store) => store.claimNotice(key)) : undefined) ?? own;
      },
    };
  }

  private async end(
    key: string,
    shared: boolean,
    tell: (store: AttemptStore) => Promise<void>,
  ): Promise<void> {
    try {
      await tell(this.own);
      if (shared) await this.askStore(tell);
    } finally {
      this.pending.end(key);
    }
  }

  private async askStore<T>(question: (store: AttemptStore) => Promise<T>): Promise<T | undefined> {
    return this.store === this.own ? undefined : this.patience.ask(() => question(this.store));
  }

  private waitAfter({ failures, countedAt }: CountedAttempt, now: number): number {
    return failures < this.config.failures ? 0 : countedAt + delayAfter(failures, this.config) - now;
  }

  /** No address lies in the store, and none can be looked for there without `APP_SECRET`. */
  private keyOf({ kind, id }: ThrottleSubject): string {
    return createHmac('sha256', this.key).update(`${kind}:${id}`).digest('base64url');
  }
}
