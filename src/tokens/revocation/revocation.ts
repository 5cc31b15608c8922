/** What a revocation concerns: a session's tokens, a subject's, one token, or all there are. */
export type RevocationKind = 'session' | 'subject' | 'token' | 'all';

/** Access tokens that are dead although they have not expired. */
export interface Revocation {
  readonly kind: RevocationKind;
  /** `sid`, `sub` or `jti`; empty for all. Never the token itself: an ECDSA signature has a second valid form. */
  readonly id: string;
  /** Only tokens issued before are dead; null: all of them. */
  readonly issuedBefore: Date | null;
  /** When the last token it concerns has expired, so that it can be forgotten. */
  readonly expiresAt: Date;
}

/** What instances tell each other of revocations under. */
export const REVOCATIONS_TOPIC = 'revocations';

/** Access tokens live a little longer than their TTL where another instance's clock is behind; milliseconds. */
export const EXPIRY_MARGIN = 60_000;

const KINDS: readonly unknown[] = ['session', 'subject', 'token', 'all'] satisfies RevocationKind[];

/** As text between instances and in Redis: kind, times in milliseconds (empty: null), id. */
export function encodeRevocation({ kind, id, issuedBefore, expiresAt }: Revocation): string {
  return `${kind}|${issuedBefore?.getTime() ?? ''}|${expiresAt.getTime()}|${id}`;
}

/** @returns undefined unless it is something that `encodeRevocation` wrote */
export function decodeRevocation(text: string): Revocation | undefined {
  const [, kind, before, expires, id] = /^(\w+)\|(\d*)\|(\d+)\|(.*)$/su.exec(text) ?? [];
  if (!KINDS.includes(kind) || id === undefined) return undefined;
  const issuedBefore = before === '' ? null : new Date(Number(before));
  const expiresAt = new Date(Number(expires));
  if (!isTime(expiresAt) || (issuedBefore && !isTime(issuedBefore))) return undefined;
  return { kind: kind as RevocationKind, id, issuedBefore, expiresAt };
}

function isTime(date: Date): boolean {
  return !Number.isNaN(date.getTime());
}
