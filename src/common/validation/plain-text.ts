const CONTROL_CHARACTER = /\p{Cc}/u;
const LONE_SURROGATE = /\p{Cs}/u;

/**
 * Whether a string is Unicode text: no lone surrogate, which UTF-8 cannot hold, so that two different ones would be
 * stored or hashed as the same.
 */
export function isWellFormed(value: string): boolean {
  return !LONE_SURROGATE.test(value);
}

/** Unicode text without control characters (NUL included, which Postgres cannot store). */
export function isPlainText(value: string): boolean {
  return isWellFormed(value) && !CONTROL_CHARACTER.test(value);
}
