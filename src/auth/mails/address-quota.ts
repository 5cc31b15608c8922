import { Injectable } from '@nestjs/common';
import { IdentifierHash } from '../../audit/identifier-hash.js';
import { RateLimiter } from '../../throttling/requests/rate-limiter.js';

/**
 * How many mails one address gets that strangers can have sent to it (`MAIL_RATE_LIMIT`), whichever accounts they make for
 * that, change or delete. Counted by a hash of the address, whether or not it has an account.
 */
@Injectable()
export class AddressQuota {
  constructor(
    private readonly limiter: RateLimiter,
    private readonly identifiers: IdentifierHash,
  ) {}

  /**
   * Takes one mail that asks to prove the address. Not to be called in a transaction: the count may be kept in the same
   * database, on a connection of its own.
   * @returns whether it may be sent
   */
  async takeProof(email: string): Promise<boolean> {
    return this.take('mail-proof', email);
  }

  /** Takes one mail that resets a password; counted apart, so that no registration keeps an owner from it. */
  async takeReset(email: string): Promise<boolean> {
    return this.take('mail-reset', email);
  }

  private async take(counter: string, email: string): Promise<boolean> {
    const { allowed } = await this.limiter.consume('mail', counter, this.identifiers.of(email));
    return allowed;
  }
}
