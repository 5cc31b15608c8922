import type { Transaction } from '../../common/unit-of-work.js';
import type { Revocation } from '../../tokens/revocation/revocation.js';
import { isOfEarlierEra } from '../../tokens/revocation/revocation-set.js';
import { RevocationStore, type TokenIdentity } from '../../tokens/revocation/revocation-store.js';
import { MemoryTable } from './memory-table.js';

const SECOND = 1_000;
/** The subject of an era that concerns all subjects. */
export const EVERYONE = '';

/** Revocations in memory. Nothing is forgotten: an application under test ends before that matters. */
export class InMemoryRevocationStore extends RevocationStore {
  readonly shared = false;
  private readonly entries = new MemoryTable<Revocation>();

  /**
   * Records it at once.
   * @param transaction with which it is taken back, should that fail
   */
  record(revocation: Revocation, transaction?: Transaction): Revocation {
    const key = keyOf(revocation.kind, revocation.id);
    const known = this.entries.get(key);
    const recorded = known && revocation.kind !== 'era' ? merged(known, revocation) : revocation;
    this.entries.set(key, recorded, transaction);
    return recorded;
  }

  add(revocation: Revocation, transaction?: Transaction): Promise<Revocation> {
    return Promise.resolve(this.record(revocation, transaction));
  }

  all(): Promise<Revocation[]> {
    return Promise.resolve(this.entries.all());
  }

  recent(): Promise<Revocation[]> {
    return this.all();
  }

  isRevoked(token: TokenIdentity): Promise<boolean> {
    const { sessionId, subject, tokenId, issuedAt } = token;
    const concerned = [
      keyOf('session', sessionId),
      keyOf('subject', subject),
      keyOf('token', tokenId),
      keyOf('all', ''),
    ];
    const isNamed = concerned.some((key) => {
      const entry = this.entries.get(key);
      return entry !== undefined && issuedAt < (entry.issuedBefore?.getTime() ?? Infinity);
    });
    return Promise.resolve(isNamed || this.isPast(token, subject) || this.isPast(token, EVERYONE));
  }

  /** Forgets all of it. */
  clear(): void {
    this.entries.clear();
  }

  /** Of an era before that of the subject. */
  private isPast(token: TokenIdentity, subject: string): boolean {
    const entry = this.entries.get(keyOf('era', subject));
    if (!entry?.era || entry.era.spared === token.sessionId) return false;
    return isOfEarlierEra(token, entry.era.number, entry.issuedBefore?.getTime() ?? 0);
  }
}

function keyOf(kind: Revocation['kind'], id: string): string {
  return `${kind} ${id}`;
}

/** Of two times the later; one that is named already is moved on by a second, since tokens bear it. Null is for good. */
function merged(known: Revocation, revocation: Revocation): Revocation {
  const [before, wanted] = [known.issuedBefore, revocation.issuedBefore];
  const issuedBefore = before && wanted && new Date(Math.max(before.getTime() + SECOND, wanted.getTime()));
  const expiresAt = new Date(Math.max(known.expiresAt.getTime(), revocation.expiresAt.getTime()));
  return { ...revocation, issuedBefore, expiresAt };
}
