const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^(\d{1,9})(ms|s|m|h|d)$/;

/** Milliseconds of a duration written `500ms`, `10s`, `15m`, `2h` or `7d`; undefined if it is written otherwise. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text);
  if (!match) return undefined;
  return Number(match[1]) * UNITS[match[2] as keyof typeof UNITS];
}

/** The duration in the largest unit that divides it; none in seconds. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === 0) return '0s';
  const [unit, size] =
    Object.entries(UNITS).findLast(([, each]) => milliseconds % each === 0) ?? (['ms', 1] as const);
  return `${milliseconds / size}${unit}`;
}
