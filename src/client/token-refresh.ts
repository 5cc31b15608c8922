import { LatchkeyClientError } from './client-error.js';
import { startStopwatch } from './stopwatch.js';
import type { Opening } from './session.js';
import type { Call, Transport } from './transport.js';

/** After these there is no session any more. */
const FINAL: ReadonlySet<string> = new Set([
  'REFRESH_TOKEN_INVALID',
  'REFRESH_TOKEN_EXPIRED',
  'REFRESH_TOKEN_REUSED',
  'SESSION_ENDED',
  'ACCOUNT_DISABLED',
]);

/**
 * A first try that takes longer is given up. It may have reached the server all the same, and what it was sent is good only
 * for `REFRESH_GRACE` (10 s) then: the second try comes within that time, and is given the same answer. Milliseconds.
 */
const FIRST_TRY = 5_000;

/** Exchanges the refresh token, and tells the end of a session from a failure that passes. */
export class TokenRefresh {
  private refusal: { readonly error: LatchkeyClientError; readonly age: () => number } | undefined;

  constructor(private readonly transport: Transport) {}

  /** @returns undefined if the session is over @throws LatchkeyClientError if that cannot be told now */
  async run(call: Call): Promise<Opening | undefined> {
    this.heedRetryAfter();
    try {
      return await this.ask(call, Math.min(FIRST_TRY, this.transport.timeout));
    } catch (error) {
      // An answer of the server's own is one; anything else may have been lost on its way back.
      if (!(error instanceof LatchkeyClientError) || error.problem) throw error;
      return this.ask(call, this.transport.timeout);
    }
  }

  private async ask(call: Call, timeout: number): Promise<Opening | undefined> {
    try {
      return await this.transport.call<Opening>('POST', `${this.transport.root}/auth/refresh`, {
        ...call,
        timeout,
      });
    } catch (error) {
      if (!(error instanceof LatchkeyClientError)) throw error;
      if (FINAL.has(error.code)) return undefined;
      if (error.problem && error.retryAfter) this.refusal = { error, age: startStopwatch() };
      throw error;
    }
  }

  /** A server that has said when to come back is not asked before. */
  private heedRetryAfter(): void {
    if (!this.refusal) return;
    const { error, age } = this.refusal;
    if (age() < (error.retryAfter ?? 0) * 1000) throw error;
    this.refusal = undefined;
  }
}
