import { hash } from 'node:crypto';
import { isEqual, malformed, tooCostly } from './stored-hash.js';

const FORMAT =
  /^\$([56])\$(?:rounds=([1-9]\d{0,9})\$)?([!-#%-9;-~]{1,16})\$([./0-9A-Za-z]{43}|[./0-9A-Za-z]{86})$/;
const DEFAULT_ROUNDS = 5000;
const MIN_ROUNDS = 1000;
/** Some two seconds. */
const MAX_ROUNDS = 1_000_000;
/** Of libxcrypt. A round hashes the password twice, so that a long one would cost as much as many rounds. */
const PASSWORD_MAX_BYTES = 512;

const DIGITS = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * @typedef {object} Variant
 * @property {string} algorithm
 * @property {readonly number[]} first which bytes of the digest are written first
 * @property {(group: readonly number[]) => readonly number[]} next those that follow them
 * @property {number} groups how often there are three
 * @property {readonly number[]} rest those that are left
 * @property {number} characters of the text
 */

/** @type {Variant} */
const SHA256 = {
  algorithm: 'sha256',
  first: [0, 10, 20],
  next: ([a = 0, b = 0, c = 0]) => [c + 1, a + 1, b + 1],
  groups: 10,
  rest: [31, 30],
  characters: 43,
};
/** @type {Variant} */
const SHA512 = {
  algorithm: 'sha512',
  first: [0, 21, 42],
  next: ([a = 0, b = 0, c = 0]) => [b + 1, c + 1, a + 1],
  groups: 21,
  rest: [63],
  characters: 86,
};

/**
 * SHA-crypt, `$5$` (SHA-256) and `$6$` (SHA-512), as crypt(3) makes it: "Unix crypt using SHA-256 and SHA-512", version 0.6.
 * @type {import('./stored-hash.js').HashFormat}
 */
export function readShaCrypt(stored) {
  if (!/^\$[56]\$/.test(stored)) return undefined;
  const [, id, roundsText, salt, digest] = FORMAT.exec(stored) ?? [];
  const variant = id === '5' ? SHA256 : SHA512;
  const rounds = Number(roundsText ?? DEFAULT_ROUNDS);
  if (!salt || digest?.length !== variant.characters || rounds < MIN_ROUNDS) throw malformed('SHA-crypt');
  if (rounds > MAX_ROUNDS) throw tooCostly(`SHA-crypt rounds ${MAX_ROUNDS}`);
  return {
    format: `${variant.algorithm}-crypt`,
    matches: (password) => {
      const bytes = Buffer.from(password);
      if (bytes.length > PASSWORD_MAX_BYTES) return false;
      return isEqual(encoded(digestOf(bytes, Buffer.from(salt), rounds, variant), variant), digest);
    },
  };
}

/** @param {Buffer} password @param {Buffer} salt @param {number} rounds @param {Variant} variant */
function digestOf(password, salt, rounds, { algorithm }) {
  /** @param {...Buffer} parts */
  const digest = (...parts) => hash(algorithm, Buffer.concat(parts), 'buffer');

  const mixed = digest(password, salt, password);
  const byBits = [];
  for (let left = password.length; left > 0; left >>= 1) byBits.push(left & 1 ? mixed : password);
  let current = digest(password, salt, stretched(mixed, password.length), ...byBits);
  const passwordBytes = stretched(digest(...Array.from(password, () => password)), password.length);
  const saltRepeats = 16 + (current[0] ?? 0);
  const saltBytes = stretched(digest(...Array.from({ length: saltRepeats }, () => salt)), salt.length);
  for (let round = 0; round < rounds; round += 1) {
    const isOdd = round % 2 === 1;
    current = digest(
      isOdd ? passwordBytes : current,
      round % 3 === 0 ? Buffer.alloc(0) : saltBytes,
      round % 7 === 0 ? Buffer.alloc(0) : passwordBytes,
      isOdd ? current : passwordBytes,
    );
  }
  return current;
}

/** Repeated and cut to a length. @param {Buffer} bytes @param {number} length */
function stretched(bytes, length) {
  return length === 0 ? Buffer.alloc(0) : Buffer.alloc(length, bytes);
}

/** In crypt's base 64: bytes in a shuffled order, three to four digits, the lowest first. @param {Buffer} digest @param {Variant} variant */
function encoded(digest, { first, next, groups, rest }) {
  let text = '';
  let group = first;
  for (let count = 0; count < groups; count += 1, group = next(group)) text += digits(group, digest);
  return text + digits(rest, digest);
}

/** @param {readonly number[]} positions the highest byte first @param {Buffer} digest */
function digits(positions, digest) {
  let value = positions.reduce((sum, position) => sum * 256 + (digest[position] ?? 0), 0);
  let text = '';
  for (let bits = positions.length * 8; bits > 0; bits -= 6) {
    text += DIGITS[value % 64];
    value = Math.floor(value / 64);
  }
  return text;
}
