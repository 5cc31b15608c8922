import type { Transaction } from '../../common/unit-of-work.js';
import type { OneTimePurpose, OneTimeToken } from '../../tokens/one-time/one-time-token.js';
import {
  type ExpectedOneTimeToken,
  OneTimeTokensRepository,
} from '../../tokens/one-time/one-time-tokens.repository.js';
import { MemoryTable } from './memory-table.js';

/** Older ones count for so long, and make the interval no longer than this. Milliseconds. */
const OLDER_COUNT_FOR = 86_400_000;
const INTERVAL_MAX = 3_600_000;

interface Kept {
  readonly token: OneTimeToken;
  /** The newest of its subject and purpose, which the next replaces; the others stay beside it. */
  readonly newest: boolean;
}

/** One-time tokens in memory: every step is atomic, since it is one turn of the event loop. */
export class InMemoryOneTimeTokensRepository extends OneTimeTokensRepository {
  private readonly tokens = new MemoryTable<Kept>();

  async put(token: OneTimeToken, notSince: Date | null, transaction?: Transaction): Promise<boolean> {
    const known = this.newestOf(token.subject, token.purpose);
    if (
      known &&
      notSince &&
      known.binding === token.binding &&
      !this.mayFollow(known, notSince, token.createdAt)
    )
      return false;
    if (known) this.tokens.delete(known.tokenHash, transaction);
    this.tokens.set(token.tokenHash, { token: structuredClone(token), newest: true }, transaction);
    return true;
  }

  async keepOlder(
    subject: string,
    purpose: OneTimePurpose,
    notSince: Date | null,
    now: Date,
    transaction?: Transaction,
  ): Promise<void> {
    const known = this.newestOf(subject, purpose);
    if (!known || (notSince && !this.mayFollow(known, notSince, now))) return;
    this.tokens.set(known.tokenHash, { token: known, newest: false }, transaction);
  }

  async find(tokenHash: string, purpose: OneTimePurpose, now: Date): Promise<OneTimeToken | undefined> {
    const token = this.tokens.get(tokenHash)?.token;
    return token?.purpose === purpose && isAlive(token, now) ? structuredClone(token) : undefined;
  }

  async take(expected: ExpectedOneTimeToken, now: Date, transaction?: Transaction): Promise<boolean> {
    const token = this.tokens.get(expected.tokenHash)?.token;
    const isExpected =
      token?.purpose === expected.purpose &&
      token.subject === expected.subject &&
      token.binding === expected.binding &&
      isAlive(token, now);
    return isExpected && this.tokens.delete(token.tokenHash, transaction);
  }

  async findAll(subject: string, now: Date): Promise<OneTimeToken[]> {
    return this.alive(now)
      .filter((token) => token.subject === subject)
      .toSorted((a, b) => compare(a.purpose, b.purpose) || compare(b.id, a.id));
  }

  async list(
    purpose: OneTimePurpose,
    { limit, before }: { readonly limit: number; readonly before: string | undefined },
    now: Date,
  ): Promise<OneTimeToken[]> {
    return this.alive(now)
      .filter((token) => token.purpose === purpose && (before === undefined || token.id < before))
      .toSorted((a, b) => compare(b.id, a.id))
      .slice(0, limit);
  }

  async withdraw(
    id: string,
    purpose: OneTimePurpose,
    now: Date,
    transaction?: Transaction,
  ): Promise<OneTimeToken | undefined> {
    const token = this.alive(now).find((one) => one.id === id && one.purpose === purpose);
    if (token) this.tokens.delete(token.tokenHash, transaction);
    return token;
  }

  async endWithSessions(
    subject: string,
    sessions: { readonly only: readonly string[] } | { readonly except: string | undefined },
    transaction?: Transaction,
  ): Promise<void> {
    this.remove(transaction, ({ subject: owner, sessionId }) => {
      if (owner !== subject || sessionId === null) return false;
      return 'only' in sessions ? sessions.only.includes(sessionId) : sessionId !== sessions.except;
    });
  }

  async delete(
    subject: string,
    purposes?: readonly OneTimePurpose[],
    transaction?: Transaction,
  ): Promise<void> {
    this.remove(
      transaction,
      (token) => token.subject === subject && (purposes?.includes(token.purpose) ?? true),
    );
  }

  /** Removes all tokens. */
  clear(): void {
    this.tokens.clear();
  }

  /** Whether the newest was issued long enough ago: each one that stays beside it doubles the time. */
  private mayFollow({ subject, purpose, createdAt }: OneTimeToken, notSince: Date, now: Date): boolean {
    const counted = now.getTime() - OLDER_COUNT_FOR;
    const older = this.tokens.all().filter(({ token, newest }) => {
      const isOfThem = token.subject === subject && token.purpose === purpose;
      return !newest && isOfThem && token.createdAt.getTime() > counted;
    });
    const shortest = now.getTime() - notSince.getTime();
    const interval = Math.min(shortest * 2 ** Math.min(older.length, 30), Math.max(shortest, INTERVAL_MAX));
    return createdAt.getTime() <= now.getTime() - interval;
  }

  private newestOf(subject: string, purpose: OneTimePurpose): OneTimeToken | undefined {
    return this.tokens
      .all()
      .find(({ token, newest }) => newest && token.subject === subject && token.purpose === purpose)?.token;
  }

  private alive(now: Date): OneTimeToken[] {
    return this.tokens.all().flatMap(({ token }) => (isAlive(token, now) ? [structuredClone(token)] : []));
  }

  private remove(transaction: Transaction | undefined, ends: (token: OneTimeToken) => boolean): void {
    for (const { token } of this.tokens.all())
      if (ends(token)) this.tokens.delete(token.tokenHash, transaction);
  }
}

function isAlive({ expiresAt }: OneTimeToken, now: Date): boolean {
  return expiresAt.getTime() > now.getTime();
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
