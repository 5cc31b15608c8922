/**
 * What a revocation concerns: a session's tokens, a subject's, one token, all there are, or those of a subject's sessions of
 * an earlier era.
 */
export type RevocationKind = 'session' | 'subject' | 'token' | 'all' | 'era';

/** An era of a subject's sessions: all that were opened before have ended. */
export interface RevokedEra {
  readonly number: number;
  /** The session that was taken into it: its tokens live. */
  readonly spared: string | null;
}

/** Access tokens that are dead although they have not expired. */
export interface Revocation {
  readonly kind: RevocationKind;
  /** `sid`, `sub` or `jti`; empty for all, or everyone's era. Never the token itself: an ECDSA signature has a second valid form. */
  readonly id: string;
  /** Only tokens issued before are dead; null: all of them. Of an era: asked only about tokens that name none. */
  readonly issuedBefore: Date | null;
  /** When the last token it concerns has expired, so that it can be forgotten. */
  readonly expiresAt: Date;
  /** Of the kind `era`. */
  readonly era?: RevokedEra | undefined;
  /** As it was read: how long ago it was recorded, by the store's clock, in milliseconds; undefined where the store does not say. */
  readonly age?: number | undefined;
}

/** What instances tell each other of revocations under. */
export const REVOCATIONS_TOPIC = 'revocations';

/** Access tokens live a little longer than their TTL where another instance's clock is behind; milliseconds. */
export const EXPIRY_MARGIN = 60_000;

/** A line of a message, which instances of versions before take for none of theirs: when it was sent; milliseconds since the epoch. */
const SENT = /^sent\|(\d{1,16})$/;

export function encodeSentAt(milliseconds: number): string {
  return `sent|${Math.round(milliseconds)}`;
}

/** @returns undefined unless it is something that `encodeSentAt` wrote */
export function decodeSentAt(text: string): number | undefined {
  const [, milliseconds] = SENT.exec(text) ?? [];
  return milliseconds === undefined ? undefined : Number(milliseconds);
}

const KINDS: readonly unknown[] = ['session', 'subject', 'token', 'all', 'era'] satisfies RevocationKind[];

/** As text between instances and in Redis: kind, times in milliseconds (empty: null), the era and the session it spares, id. */
export function encodeRevocation({ kind, id, issuedBefore, expiresAt, era }: Revocation): string {
  const ofEra = era ? `${era.number}|${era.spared ?? ''}|` : '';
  return `${kind}|${issuedBefore?.getTime() ?? ''}|${expiresAt.getTime()}|${ofEra}${id}`;
}

/** @returns undefined unless it is something that `encodeRevocation` wrote */
export function decodeRevocation(text: string): Revocation | undefined {
  const [, kind, before, expires, rest] = /^(\w+)\|(\d*)\|(\d+)\|(.*)$/su.exec(text) ?? [];
  if (!KINDS.includes(kind) || rest === undefined) return undefined;
  const issuedBefore = before === '' ? null : new Date(Number(before));
  const expiresAt = new Date(Number(expires));
  if (!isTime(expiresAt) || (issuedBefore && !isTime(issuedBefore))) return undefined;
  if (kind !== 'era') return { kind: kind as RevocationKind, id: rest, issuedBefore, expiresAt };
  const [, number, spared, id] = /^(\d+)\|([\da-f-]*)\|(.*)$/su.exec(rest) ?? [];
  if (id === undefined) return undefined;
  return { kind, id, issuedBefore, expiresAt, era: { number: Number(number), spared: spared || null } };
}

function isTime(date: Date): boolean {
  return !Number.isNaN(date.getTime());
}
