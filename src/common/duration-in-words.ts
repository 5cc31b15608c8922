const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** "30 days", as people of a language write it; in hours up to two days, which are clearer than one. @param language a BCP 47 tag */
export function durationInWords(milliseconds: number, language: string): string {
  const [unit, size] =
    milliseconds > 48 * HOUR
      ? (['day', 24 * HOUR] as const)
      : milliseconds >= 2 * HOUR
        ? (['hour', HOUR] as const)
        : (['minute', MINUTE] as const);
  const count = Math.max(1, Math.floor(milliseconds / size));
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
}
