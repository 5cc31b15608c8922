import type { EnvironmentSource } from './read-settings.js';
import { ALL_SETTINGS } from './settings/table.js';

/** A name in the environment that is no setting, and the setting it is close to. */
export interface MisspelledSetting {
  readonly name: string;
  readonly meant: string;
}

const KNOWN = ALL_SETTINGS.flatMap(({ name }) => [name, `${name}_FILE`]);
const PREFIX = /^LATCHKEY_/;
/** Of OpenTelemetry: it reads them itself. */
const FOREIGN = /^OTEL_/;
/** Below it a difference of one is told, from it on of two: short names are close to many others. */
const LONG = 8;

/** As other systems name what a setting says. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  ACCESS_TOKEN_EXPIRES_IN: 'ACCESS_TOKEN_TTL',
  DB_URL: 'DATABASE_URL',
  JWT_ACCESS_EXPIRES_IN: 'ACCESS_TOKEN_TTL',
  JWT_ALGORITHM: 'SIGNING_ALG',
  JWT_AUDIENCE: 'AUDIENCE',
  JWT_EXPIRES_IN: 'ACCESS_TOKEN_TTL',
  JWT_ISSUER: 'PUBLIC_URL',
  JWT_REFRESH_EXPIRES_IN: 'REFRESH_TOKEN_TTL',
  REFRESH_TOKEN_EXPIRES_IN: 'REFRESH_TOKEN_TTL',
  SIGNING_ALGORITHM: 'SIGNING_ALG',
  SMTP_URL: 'MAIL_URL',
};

/** What was probably meant to be set, and is not. What is close to no setting belongs to another program. */
export function misspelledSettings(source: EnvironmentSource = process.env): MisspelledSetting[] {
  const known = new Set(KNOWN);
  return Object.keys(source)
    .filter((name) => !known.has(name) && !FOREIGN.test(name) && source[name] !== undefined)
    .flatMap((name) => {
      const upper = name.toUpperCase().replaceAll('-', '_').replace(PREFIX, '');
      const elsewhere = ELSEWHERE[upper];
      // It may be another program's, where ours is set beside it.
      const isSet = elsewhere !== undefined && isGiven(source, elsewhere);
      const meant = isSet ? undefined : (elsewhere ?? closestTo(upper, KNOWN));
      return meant === undefined ? [] : [{ name, meant }];
    });
}

function isGiven(source: EnvironmentSource, name: string): boolean {
  return source[name] !== undefined || source[`${name}_FILE`] !== undefined;
}

/** What of the environment was probably meant otherwise, a sentence each. */
export function misspellings(source: EnvironmentSource = process.env): string[] {
  return misspelledSettings(source).map(
    ({ name, meant }) => `${name} is no setting; ${meant} was probably meant.`,
  );
}

/** The one of the names that was probably meant. */
export function closestTo(name: string, names: readonly string[]): string | undefined {
  const stem = stemOf(name);
  const inflected = names.find((known) => stemOf(known) === stem);
  if (inflected !== undefined) return inflected;
  let closest: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const known of names) {
    const most = known.length < LONG ? 1 : 2;
    const letters = Math.abs(known.length - name.length) > most ? most + 1 : distanceBetween(known, name);
    if (letters > most) continue;
    // Of two as close the one that begins alike.
    const distance = known[0] === name[0] ? letters - 0.5 : letters;
    if (distance >= least) continue;
    closest = known;
    least = distance;
  }
  return closest;
}

/** Of each word what is left without the ending of a plural, or of `-ing` and `-ed`. */
function stemOf(name: string): string {
  return name
    .split('_')
    .map((word) => word.replace(/(IES|Y)$/, 'I').replace(/(?<=..)(E|ES|S|ING|ED)$/, ''))
    .join('_');
}

/** Letters left out, added, changed or exchanged with their neighbour (optimal string alignment). */
function distanceBetween(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const cost = one[row - 1] === other[column - 1] ? 0 : 1;
      const exchanged = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      next[column] = Math.min(
        (last[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + cost,
        exchanged ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = next;
  }
  return last[other.length] ?? 0;
}
