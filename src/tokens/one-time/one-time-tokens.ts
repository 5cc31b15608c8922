import { createHash, createHmac, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { TimeOrderedIds } from '../../common/time-ordered-id.js';
import type { Transaction, Write } from '../../common/unit-of-work.js';
import { DerivedKeys } from '../../secrets/derived-keys.js';
import type { OneTimePurpose, OneTimeToken } from './one-time-token.js';
import { OneTimeTokenInvalidError } from './one-time-tokens.errors.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';

const PREFIX = 'lk_ot_';
const SECRET_BYTES = 32;

/** What a new one-time token is good for, and for how long. */
export interface OneTimeTokenRequest {
  readonly purpose: OneTimePurpose;
  readonly subject: string;
  /** What must not have changed when it is used. */
  readonly binding: string;
  readonly payload?: Readonly<Record<string, unknown>>;
  /** Ends it with itself. */
  readonly sessionId?: string;
  /** Milliseconds. */
  readonly lifetime: number;
  /** No new one is issued so soon after another with the same binding. Milliseconds; 0: always. */
  readonly notWithin: number;
  /** The subject's older ones stay good; needs a transaction. */
  readonly keepOlder?: boolean;
}

/** Of the first token of a subject and purpose. */
export type NewTokenRequest = Omit<OneTimeTokenRequest, 'notWithin' | 'keepOlder'>;

/**
 * Tokens that are mailed and are good for one use: `lk_ot_` and 256 random bits in base64url. Bound to a purpose, a
 * subject and something that must not change meanwhile; the store holds their hashes.
 */
@Injectable()
export class OneTimeTokens {
  private readonly decoyKey;
  private readonly ids = new TimeOrderedIds();

  constructor(
    private readonly repository: OneTimeTokensRepository,
    private readonly clock: Clock,
    keys: DerivedKeys,
  ) {
    this.decoyKey = keys.derive('one-time-token-decoy').current;
  }

  /**
   * Ends the subject's older one of the same purpose, unless it is to stay beside.
   * @returns undefined if one was issued a moment ago, which stays
   */
  async issue(request: OneTimeTokenRequest, transaction?: Transaction): Promise<string | undefined> {
    return (await this.issueWithId(request, transaction))?.token;
  }

  /** The same, with the id that `list` and `withdraw` know the token by. */
  async issueWithId(
    request: OneTimeTokenRequest,
    transaction?: Transaction,
  ): Promise<{ readonly id: string; readonly token: string } | undefined> {
    const { purpose, subject, notWithin } = request;
    const now = this.clock.now();
    const { token, row } = this.newToken(request, now);
    const notSince = notWithin > 0 ? new Date(now - notWithin) : null;
    if (request.keepOlder)
      await this.repository.keepOlder(subject, purpose, notSince, new Date(now), transaction);
    const kept = await this.repository.put(row, notSince, transaction);
    return kept ? { id: row.id, token } : undefined;
  }

  /** For a subject that had none before, to be done together with others: it is good once `write` is written. */
  issuingFirst(request: NewTokenRequest): { readonly token: string; readonly write: Write } {
    const { token, row } = this.newToken(request, this.clock.now());
    return { token, write: this.repository.puttingFirst(row) };
  }

  private newToken(
    request: NewTokenRequest,
    now: number,
  ): { readonly token: string; readonly row: OneTimeToken } {
    const { purpose, subject, binding, payload = {}, sessionId = null, lifetime } = request;
    const token = PREFIX + randomBytes(SECRET_BYTES).toString('base64url');
    const row = {
      purpose,
      subject,
      binding,
      payload,
      sessionId,
      id: this.ids.next(now),
      tokenHash: hashOf(token),
      createdAt: new Date(now),
      expiresAt: new Date(now + lifetime),
    };
    return { token, row };
  }

  /**
   * The same work where there is no subject to issue one to, so that the time does not tell. No subject has the token; the row
   * is purged like others.
   * @param name who was asked for
   * @returns what `issue` would
   */
  async pretend(
    name: string,
    request: Omit<OneTimeTokenRequest, 'subject' | 'binding'>,
    transaction?: Transaction,
  ): Promise<string | undefined> {
    const digest = createHmac('sha256', this.decoyKey).update(name).digest('base64url');
    const decoy = { ...request, subject: `nobody:${digest}`, binding: digest };
    return this.issue(decoy, transaction);
  }

  /**
   * Looks at a token without using it, to know whose it is.
   * @param token as it was sent
   */
  async find(purpose: OneTimePurpose, token: string): Promise<OneTimeToken | undefined> {
    return this.repository.find(hashOf(token), purpose, new Date(this.clock.now()));
  }

  /**
   * Uses a token up. Of several at once one does.
   * @param token as `find` gave it
   * @param binding what it must be bound to
   * @throws OneTimeTokenInvalidError if it was used, replaced or ended meanwhile, has expired, or is bound to something else
   */
  async use(token: OneTimeToken, binding: string, transaction?: Transaction): Promise<void> {
    const { tokenHash, purpose, subject } = token;
    const expected = { tokenHash, purpose, subject, binding };
    const taken = await this.repository.take(expected, new Date(this.clock.now()), transaction);
    if (!taken) throw new OneTimeTokenInvalidError();
  }

  /** The subject's that can still be used. */
  async pending(subject: string): Promise<OneTimeToken[]> {
    return this.repository.findAll(subject, new Date(this.clock.now()));
  }

  /** Those of a purpose that can still be used, the newest first. */
  async list(
    purpose: OneTimePurpose,
    page: { readonly limit: number; readonly before: string | undefined },
  ): Promise<OneTimeToken[]> {
    return this.repository.list(purpose, page, new Date(this.clock.now()));
  }

  /** Ends one. @returns what it was; undefined if it cannot be used any more */
  async withdraw(
    purpose: OneTimePurpose,
    id: string,
    transaction: Transaction,
  ): Promise<OneTimeToken | undefined> {
    return this.repository.withdraw(id, purpose, new Date(this.clock.now()), transaction);
  }

  /** Ends the subject's tokens. @param purposes all of them by default */
  async end(subject: string, transaction: Transaction, purposes?: readonly OneTimePurpose[]): Promise<void> {
    await this.repository.delete(subject, purposes, transaction);
  }
}

/** A plain hash will do: the token holds 256 random bits, which no attacker can search. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
