import type { SigningKeys } from '../../src/tokens/keys/signing-keys.js';
import type { Revocation } from '../../src/tokens/revocation/revocation.js';
import { RevocationStore } from '../../src/tokens/revocation/revocation-store.js';

/** For services that ask signing keys for nothing but the life of their tokens. */
export const NO_KEYS = { longestTokenTtl: 0 } as SigningKeys;

/** A store in memory, of one process. */
export class HeldRevocations extends RevocationStore {
  readonly shared: boolean = false;
  entries: Revocation[] = [];

  add(revocation: Revocation): Promise<Revocation> {
    this.entries.push(revocation);
    return Promise.resolve(revocation);
  }

  all(): Promise<Revocation[]> {
    return Promise.resolve(this.entries);
  }

  recent(): Promise<Revocation[]> {
    return Promise.resolve(this.entries);
  }

  isRevoked({ sessionId }: { sessionId: string }): Promise<boolean> {
    return Promise.resolve(this.entries.some(({ kind, id }) => kind === 'session' && id === sessionId));
  }
}

/** That a session's access tokens are dead. */
export function sessionRevocation(id: string, expiresAt: number): Revocation {
  return { kind: 'session', id, issuedBefore: null, expiresAt: new Date(expiresAt) };
}

/** A token of the session, the last one ever: only the session's own revocation kills it. */
export function tokenOfSession(sessionId: string) {
  return { sessionId, subject: 'someone', tokenId: 'some-token', issuedAt: Number.MAX_SAFE_INTEGER };
}
