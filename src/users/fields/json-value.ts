import { isSafeJson } from '../../common/json-value.js';
import { isWellFormed } from '../../common/validation/plain-text.js';

/** Octets of one value as JSON. */
const FIELD_MAX_OCTETS = 2048;

/**
 * What is kept of a value: plain JSON.
 * @returns undefined if there is none, e.g. of a function
 */
export function toJson(value: unknown): unknown {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}

/** Characters of a text that is looked up. */
const KEY_MAX_LENGTH = 255;

/** @returns why users cannot be found by a value, to follow "must"; undefined if they can */
export function keyProblem(value: unknown): string | undefined {
  const fits =
    typeof value === 'string'
      ? value !== '' && value.length <= KEY_MAX_LENGTH
      : ['number', 'boolean'].includes(typeof value);
  return fits ? undefined : `be a text of 1 to ${KEY_MAX_LENGTH} characters, a number, or true or false`;
}

/** @returns why a value cannot be kept, to follow "must"; undefined if it can */
export function jsonProblem(value: unknown): string | undefined {
  const text = textOf(value);
  if (text === undefined) return 'be a value that JSON has';
  if (Buffer.byteLength(text) > FIELD_MAX_OCTETS) return `be at most ${FIELD_MAX_OCTETS} octets of JSON`;
  return isStorable(JSON.parse(text)) ? undefined : 'hold only characters that can be kept';
}

/** @returns undefined of what would be another value, or none, as JSON: `NaN`, which would be null, a `bigint` */
function textOf(value: unknown): string | undefined {
  let isSame = true;
  try {
    const text = JSON.stringify(value, (_, each: unknown) => {
      isSame &&= typeof each !== 'number' || Number.isFinite(each);
      return each;
    }) as string | undefined;
    return isSame && (text !== 'null' || value === null) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** Neither NUL nor half of a character, which PostgreSQL's JSON cannot hold; in names, too. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return !value.includes('\0') && isWellFormed(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, each]) => isStorable(name) && isStorable(each));
}

/** Octets of a claim as JSON, so that eight fit beside what a contributor says. */
const CLAIM_MAX_OCTETS = 128;

/** @returns why a token cannot hold a value, to follow "must"; undefined if it can */
export function claimProblem(value: unknown): string | undefined {
  const text = JSON.stringify(value);
  const fits = Buffer.byteLength(text) <= CLAIM_MAX_OCTETS && isSafeJson(JSON.parse(text), 4);
  return fits ? undefined : `be at most ${CLAIM_MAX_OCTETS} octets of JSON, not deeply nested`;
}
