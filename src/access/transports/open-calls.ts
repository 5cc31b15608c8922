import type { OnApplicationShutdown } from '@nestjs/common';
import { Injectable, Logger } from '../../common/nest.js';
import { LatchkeyError, UnavailableError } from '../../common/errors/latchkey-error.js';
import { reasonOf } from '../../common/errors/without-parameters.js';
import type { Principal } from '../../common/principal.js';
import { AccessTokenVerifier } from '../../tokens/access/access-token-verifier.js';

/** From one look at all open calls to the next. Milliseconds. */
const INTERVAL = 250;

/** A call that is watched. */
export interface OpenCall {
  /** From now on another token of the same caller counts. */
  renew(caller: Principal): void;
  /** It has ended by itself. */
  forget(): void;
}

interface Watched {
  caller: Principal;
  readonly end: (error: LatchkeyError) => void;
}

/**
 * Calls that stay open: streams, sockets, subscriptions. Ends each once its caller's token has expired or was revoked, or while that
 * cannot be known. One timer for all of them, from memory; none while there is no such call.
 */
@Injectable()
export class OpenCalls implements OnApplicationShutdown {
  private readonly logger = new Logger('Access');
  private readonly watched = new Set<Watched>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly verifier: AccessTokenVerifier) {}

  /**
   * @param caller whose token was good a moment ago
   * @param end ends the call; called once at most
   */
  watch(caller: Principal, end: (error: LatchkeyError) => void): OpenCall {
    const call: Watched = { caller, end };
    this.watched.add(call);
    this.timer ??= setInterval(() => void this.endThoseOver(), INTERVAL).unref();
    return {
      renew: (renewed) => {
        call.caller = renewed;
      },
      forget: () => this.forget(call),
    };
  }

  onApplicationShutdown(): void {
    this.watched.clear();
    this.stopWhereIdle();
  }

  private async endThoseOver(): Promise<void> {
    const over = this.thoseOver();
    const unsure: Watched[] = [];
    for (const [call, { code }] of over) {
      // What is known waits for nothing.
      if (code === 'UNAVAILABLE') unsure.push(call);
      else this.endIfOver(call);
    }
    if (unsure.length === 0) return;
    await this.verifier.catchUp();
    for (const call of unsure) this.endIfOver(call);
  }

  private endIfOver(call: Watched): void {
    const error = this.reasonToEnd(call.caller);
    if (!error || !this.watched.has(call)) return;
    this.forget(call);
    this.end(call, error);
  }

  /** Where one cannot be ended, the others are. */
  private end(call: Watched, reason: LatchkeyError): void {
    try {
      call.end(reason);
    } catch (error) {
      this.logger.error(`A call that is over (${reason.code}) could not be ended: ${reasonOf(error)}`);
    }
  }

  private thoseOver(): [Watched, LatchkeyError][] {
    return [...this.watched].flatMap((call) => {
      const error = this.reasonToEnd(call.caller);
      return error ? [[call, error]] : [];
    });
  }

  private reasonToEnd(caller: Principal): LatchkeyError | undefined {
    try {
      this.verifier.stillGood(caller);
      return undefined;
    } catch (error) {
      return error instanceof LatchkeyError ? error : new UnavailableError(undefined, { cause: error });
    }
  }

  private forget(call: Watched): void {
    this.watched.delete(call);
    this.stopWhereIdle();
  }

  private stopWhereIdle(): void {
    if (this.watched.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
