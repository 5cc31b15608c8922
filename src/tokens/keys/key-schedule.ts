import type { TokensConfig } from '../../config/config.js';

/** When a key of the database does what. */
export interface KeySchedule {
  readonly kid: string;
  readonly alg: string;
  readonly signsFrom: Date;
  /** Null until it has a successor. */
  readonly signsUntil: Date | null;
  /** The longest life of a token that it signs. Milliseconds. */
  readonly tokenTtl: number;
  readonly revokedAt: Date | null;
}

export type KeyState = 'pending' | 'signing' | 'verifying' | 'expired' | 'revoked';

/** What caches of the JWKS may hold is half of it: the rest is for clocks that differ, and for slow networks. */
const LEAD = 600_000;
/** A short rotation is not all lead. */
const LEAD_SHARE = 0.25;

/** How long a key is published before it signs. Milliseconds. */
export function publicationLead({ signingKeyRotation }: Pick<TokensConfig, 'signingKeyRotation'>): number {
  return Math.min(LEAD, Math.floor(signingKeyRotation * LEAD_SHARE));
}

/** @param leeway how much the clocks of the instances that sign may differ */
export function verifiesUntil(key: KeySchedule, leeway: number): number {
  return key.signsUntil === null ? Infinity : key.signsUntil.getTime() + key.tokenTtl + leeway;
}

export function stateOf(key: KeySchedule, time: number, leeway: number): KeyState {
  if (verifiesUntil(key, leeway) <= time) return 'expired';
  if (key.revokedAt !== null) return 'revoked';
  if (key.signsFrom.getTime() > time) return 'pending';
  return isSigning(key, time) ? 'signing' : 'verifying';
}

/**
 * What an instance configured for `alg` signs with: its algorithm's newest key; while that is not yet there, or not any
 * more, the newest of any; while none signs (clocks differ, or the one before was revoked), the next that will.
 */
export function signingAt<Key extends KeySchedule>(
  keys: readonly Key[],
  alg: string,
  time: number,
): Key | undefined {
  const signing = keys.filter((key) => isSigning(key, time)).toSorted(newestFirst);
  return (
    signing.find((key) => key.alg === alg) ??
    signing[0] ??
    keys
      .filter((key) => isPending(key, time))
      .toSorted(newestFirst)
      .at(-1)
  );
}

/** Each change of what signs that is planned after `now`, in order. */
export function plannedAfter<Key extends KeySchedule>(
  keys: readonly Key[],
  alg: string,
  now: number,
): { readonly key: Key; readonly signsFrom: number }[] {
  const times = keys.flatMap(({ signsFrom, signsUntil }) => [
    signsFrom.getTime(),
    signsUntil?.getTime() ?? 0,
  ]);
  return [...new Set(times)]
    .filter((time) => time > now)
    .toSorted((a, b) => a - b)
    .flatMap((signsFrom) => {
      const key = signingAt(keys, alg, signsFrom);
      return key ? [{ key, signsFrom }] : [];
    });
}

/** Whether the next key of `alg` has to be published now, to be known everywhere when the one before ends. */
export function isRotationDue(
  keys: readonly KeySchedule[],
  alg: string,
  now: number,
  config: Pick<TokensConfig, 'signingKeyRotation'>,
): boolean {
  const newest = keys
    .filter((key) => key.alg === alg && (isSigning(key, now) || isPending(key, now)))
    .toSorted(newestFirst)[0];
  if (!newest) return true;
  const end = newest.signsUntil?.getTime() ?? newest.signsFrom.getTime() + config.signingKeyRotation;
  return end - publicationLead(config) <= now;
}

/** When a key that is published now may sign: after the lead, unless nothing else can sign until then. */
export function startOfNext(keys: readonly KeySchedule[], now: number, lead: number): number {
  const ends = keys.map((key) => key.signsUntil?.getTime() ?? 0).filter((end) => end > now);
  const gap = [now, ...ends.toSorted((a, b) => a - b)].find((time) => !signingAt(keys, '', time));
  return Math.min(now + lead, gap ?? Infinity);
}

/** Published, and neither signing yet nor revoked. */
export function isPending(key: KeySchedule, time: number): boolean {
  return key.revokedAt === null && key.signsFrom.getTime() > time;
}

function isSigning(key: KeySchedule, time: number): boolean {
  return (
    key.revokedAt === null &&
    key.signsFrom.getTime() <= time &&
    (key.signsUntil === null || key.signsUntil.getTime() > time)
  );
}

function newestFirst(a: KeySchedule, b: KeySchedule): number {
  // The kid decides between equals, the same everywhere.
  return b.signsFrom.getTime() - a.signsFrom.getTime() || (a.kid < b.kid ? -1 : 1);
}
