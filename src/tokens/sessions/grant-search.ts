import { isExpired, type Session } from './session.js';

/** All that an OAuth client may be granted. */
export interface GrantBounds {
  readonly scopes: readonly string[];
  /** `aud` of its access tokens, beside that of `AUDIENCE`; undefined: any. */
  readonly audiences?: readonly string[] | undefined;
}

/** Which grants are looked for. */
export interface GrantSearch {
  /** Of the OAuth client. */
  readonly clientId: string;
  /** Whose they are; undefined: anyone's. */
  readonly subject?: string | undefined;
  readonly now: Date;
  /** At most; about so many. */
  readonly limit: number;
  /** Those that have more than this alone; undefined: all. */
  readonly beyond?: GrantBounds | undefined;
}

/** Whether an open session is a grant that is looked for. */
export function isSought(session: Session, { clientId, subject, now, beyond }: GrantSearch): boolean {
  if (session.endedAt !== null || isExpired(session, now.getTime())) return false;
  const isTheirs = session.clientId === clientId && (subject === undefined || session.subject === subject);
  return isTheirs && (beyond === undefined || isBeyond(session, beyond));
}

/** Whether a grant has more than that. */
export function isBeyond(
  { scopes, audience }: Pick<Session, 'scopes' | 'audience'>,
  bounds: GrantBounds,
): boolean {
  return (
    (scopes ?? []).some((scope) => !bounds.scopes.includes(scope)) ||
    (audience !== null && bounds.audiences !== undefined && !bounds.audiences.includes(audience))
  );
}
