import { hashOf } from './artifact-sealer.js';

/** What stands in the table for a user and a client of theirs. */
export function holderHashOf(subject: string, clientId: string): string {
  return hashOf(`${subject}\0${clientId}`);
}

/** Whose a code is that becomes a session. @returns null: no user's yet */
export function holderOf({ accountId, clientId }: Readonly<Record<string, unknown>>): string | null {
  const isKnown = typeof accountId === 'string' && typeof clientId === 'string';
  return isKnown ? holderHashOf(accountId, clientId) : null;
}
