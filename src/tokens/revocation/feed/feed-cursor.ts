/**
 * Up to when a service knows all: a time, so that any instance can go on from it. It is told with a margin, since an instance
 * knows of another's revocations a moment later, and clocks differ.
 */
const RESUME_MARGIN = 300_000;

const CURSOR = /^v1-(\d{1,15})$/;

/** @param now milliseconds since the epoch */
export function cursorAt(now: number): string {
  return `v1-${now}`;
}

/**
 * How long ago what a service may lack was learned at most; milliseconds.
 * @returns Infinity where the cursor says nothing, or lies ahead: all there is has to be told
 */
export function ageOfCursor(cursor: string | undefined, now: number): number {
  const time = CURSOR.exec(cursor ?? '')?.[1];
  const age = time === undefined ? Number.NaN : now - Number(time);
  return age >= -RESUME_MARGIN ? Math.max(age, 0) + RESUME_MARGIN : Number.POSITIVE_INFINITY;
}
