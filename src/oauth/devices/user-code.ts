/** Letters without vowels, so that no code reads as a word (RFC 8628 section 6.1). */
const ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ';
const LENGTH = 8;
const USER_CODE = new RegExp(`^[${ALPHABET}]{${LENGTH}}$`);

/**
 * A code as it is kept, from what a person typed: case, dashes and spaces do not count.
 * @returns undefined if it can be none
 */
export function userCodeOf(typed: string): string | undefined {
  const code = typed.replaceAll(/[\s\p{Pd}]/gu, '').toUpperCase();
  return USER_CODE.test(code) ? code : undefined;
}

/** As devices show it: `BCDF-GHJK`. */
export function shownUserCode(code: string): string {
  return `${code.slice(0, LENGTH / 2)}-${code.slice(LENGTH / 2)}`;
}
