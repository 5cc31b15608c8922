import type { KeyState } from './key-schedule.js';

/** A signing key as operators see it: what it does, and from when until when. */
export interface ListedKey {
  readonly kid: string;
  readonly alg: string;
  readonly state: KeyState;
  readonly signsFrom: Date;
  readonly signsUntil: Date | undefined;
  readonly verifiesUntil: Date | undefined;
}

/** The same in JSON: times in ISO 8601, null where no end is set. */
export type WrittenKey = {
  readonly kid: string;
  readonly alg: string;
  readonly state: KeyState;
  readonly signsFrom: string;
  readonly signsUntil: string | null;
  readonly verifiesUntil: string | null;
};

export function writtenKey({ kid, alg, state, signsFrom, signsUntil, verifiesUntil }: ListedKey): WrittenKey {
  return {
    kid,
    alg,
    state,
    signsFrom: signsFrom.toISOString(),
    signsUntil: signsUntil?.toISOString() ?? null,
    verifiesUntil: verifiesUntil?.toISOString() ?? null,
  };
}
