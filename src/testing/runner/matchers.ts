import { types } from 'node:util';

/** Stands in an expected value for all that it accepts. */
export class AsymmetricMatcher {
  constructor(readonly accepts: (value: unknown) => boolean) {}
}

/**
 * Both values as they can be compared to the letter: without members that are undefined, each matcher in place of what it
 * accepts.
 * @param extent of the actual value: all of it, or only the members that the expected one has
 */
export function comparable(
  actual: unknown,
  expected: unknown,
  extent: 'all' | 'as far as expected' = 'all',
): [actual: unknown, expected: unknown] {
  if (expected instanceof AsymmetricMatcher) {
    return expected.accepts(actual) ? [actual, actual] : [actual, expected];
  }
  if (Array.isArray(actual) && Array.isArray(expected)) {
    const pairs = Array.from({ length: Math.max(actual.length, expected.length) }, (_, index) =>
      comparable(actual[index], expected[index], extent),
    );
    // Of another length they stay what they are, and differ.
    if (actual.length !== expected.length) return [actual, expected];
    return [pairs.map(([own]) => own), pairs.map(([, wanted]) => wanted)];
  }
  if (!isRecord(actual) || !isRecord(expected)) return [plain(actual), plain(expected)];
  return comparableMembers(actual, expected, extent);
}

function comparableMembers(
  actual: Readonly<Record<string, unknown>>,
  expected: Readonly<Record<string, unknown>>,
  extent: 'all' | 'as far as expected',
): [actual: unknown, expected: unknown] {
  const names = new Set([...(extent === 'all' ? Object.keys(actual) : []), ...Object.keys(expected)]);
  const own: Record<string, unknown> = {};
  const wanted: Record<string, unknown> = {};
  for (const name of names) {
    const [ownValue, wantedValue] = comparable(actual[name], expected[name], extent);
    if (ownValue !== undefined) own[name] = ownValue;
    if (wantedValue !== undefined) wanted[name] = wantedValue;
  }
  return [own, wanted];
}

/** Of this realm: a runner's tests may be in another than what Node itself makes. */
function plain(value: unknown): unknown {
  return types.isDate(value) ? new Date(value.getTime()) : value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return Object.prototype.toString.call(value) === '[object Object]';
}
