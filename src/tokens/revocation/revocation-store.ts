/** The access tokens of a session are dead although they have not expired. */
export interface Revocation {
  readonly sessionId: string;
  /** When the last token it concerns has expired, so that it can be forgotten. */
  readonly expiresAt: Date;
}

/**
 * What is revoked, for all instances. Entries are written by what ends a session, in the same statement; this port
 * reads them.
 */
export abstract class RevocationStore {
  /** Whether other processes write to the store, so that it must be read again and again. */
  abstract readonly shared: boolean;
  /** All that have not expired. */
  abstract all(): Promise<Revocation[]>;
  /** Those of the last minute: more often than that, reading them leaves no gap. */
  abstract recent(): Promise<Revocation[]>;
}
