// What the formats share. JavaScript, as they run in a worker thread.
import { timingSafeEqual } from 'node:crypto';

/**
 * @typedef {object} StoredHash A hash as it is stored, parsed and held against the limits.
 * @property {string} format e.g. `bcrypt`
 * @property {'fast' | 'unsalted'} [weakness] guessed by the billion a second; without a salt, for all users at once
 * @property {(password: string) => boolean | Promise<boolean>} matches takes as long as its cost says
 */

/**
 * @callback HashFormat
 * @param {string} stored
 * @returns {StoredHash | undefined} undefined: a text of another format
 * @throws {HashRefusedError}
 */

/** A text that begins like a hash and is none, or one whose check would take too long or too much memory. */
export class HashRefusedError extends Error {
  /** @param {'HASH_MALFORMED' | 'HASH_TOO_COSTLY'} code @param {string} message without any part of the hash */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** @param {string} format */
export function malformed(format) {
  return new HashRefusedError('HASH_MALFORMED', `This is no ${format} hash.`);
}

/** @param {string} limit e.g. `bcrypt cost 15` */
export function tooCostly(limit) {
  return new HashRefusedError('HASH_TOO_COSTLY', `The hash is above the limit: ${limit}.`);
}

/** @param {string} text base64, padded or not @param {string} format @returns {Buffer} */
export function bytesOf(text, format) {
  const bytes = Buffer.from(text, 'base64');
  if (withoutPadding(bytes.toString('base64')) !== withoutPadding(text)) throw malformed(format);
  return bytes;
}

/** @param {string} text */
function withoutPadding(text) {
  return text.replace(/={1,2}$/, '');
}

/** In a time that does not depend on where they differ. @param {Buffer | string} a @param {Buffer | string} b */
export function isEqual(a, b) {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}
