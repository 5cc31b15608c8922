import type { Revocation } from '../../src/tokens/revocation/revocation.js';
import { RevocationStore } from '../../src/tokens/revocation/revocation-store.js';

/** A store in memory, of one process. */
export class HeldRevocations extends RevocationStore {
  readonly shared: boolean = false;
  entries: Revocation[] = [];

  add(revocation: Revocation): Promise<void> {
    this.entries.push(revocation);
    return Promise.resolve();
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

/** Some token of the session, as one asks whether it is revoked. */
export function tokenOfSession(sessionId: string) {
  return { sessionId, subject: 'someone', tokenId: 'some-token', issuedAt: 0 };
}
