import type { Revocation } from '../../tokens/revocation/revocation.js';
import { RevocationStore, type TokenIdentity } from '../../tokens/revocation/revocation-store.js';

const SECOND = 1_000;

/** Revocations in memory. Nothing is forgotten: an application under test ends before that matters. */
export class InMemoryRevocationStore extends RevocationStore {
  readonly shared = false;
  private readonly entries = new Map<string, Revocation>();

  /** Records it at once. */
  record(revocation: Revocation): Revocation {
    const key = keyOf(revocation.kind, revocation.id);
    const known = this.entries.get(key);
    const recorded = known ? merged(known, revocation) : revocation;
    this.entries.set(key, recorded);
    return recorded;
  }

  add(revocation: Revocation): Promise<Revocation> {
    return Promise.resolve(this.record(revocation));
  }

  all(): Promise<Revocation[]> {
    return Promise.resolve([...this.entries.values()]);
  }

  recent(): Promise<Revocation[]> {
    return this.all();
  }

  isRevoked({ sessionId, subject, tokenId, issuedAt }: TokenIdentity): Promise<boolean> {
    const concerned = [
      keyOf('session', sessionId),
      keyOf('subject', subject),
      keyOf('token', tokenId),
      keyOf('all', ''),
    ];
    return Promise.resolve(
      concerned.some((key) => {
        const entry = this.entries.get(key);
        return entry !== undefined && issuedAt < (entry.issuedBefore?.getTime() ?? Infinity);
      }),
    );
  }

  /** Forgets all of it. */
  clear(): void {
    this.entries.clear();
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
