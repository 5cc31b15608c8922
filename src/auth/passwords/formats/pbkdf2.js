import { pbkdf2Sync } from 'node:crypto';
import { bytesOf, isEqual, malformed, tooCostly } from './stored-hash.js';

/** Passlib's base64 has `.` for `+`. */
const BASE64 = '[A-Za-z0-9+./]';
const FORMAT = new RegExp(
  `^\\$pbkdf2(?:-(sha1|sha256|sha512))?\\$(?:i=)?([1-9]\\d{0,9})(?:,l=([1-9]\\d{0,2}))?\\$(${BASE64}{1,88}={0,2})\\$(${BASE64}{22,171}={0,2})$`,
);
/** Iterations, times blocks of the digest: some 1.5 seconds. */
const MAX_ITERATIONS = 3_000_000;

/** @type {Readonly<Record<string, number>>} */
const BLOCK_BYTES = { sha1: 20, sha256: 32, sha512: 64 };

/**
 * PBKDF2 (RFC 8018) as Passlib writes it (`$pbkdf2-sha256$29000$…`) and as others do (`$pbkdf2-sha512$i=210000,l=64$…`).
 * @type {import('./stored-hash.js').HashFormat}
 */
export function readPbkdf2(stored) {
  if (!stored.startsWith('$pbkdf2')) return undefined;
  const [, algorithm = 'sha1', iterations, length, saltText = '', digestText = ''] =
    FORMAT.exec(stored) ?? [];
  if (!iterations) throw malformed('PBKDF2');
  const salt = bytesOf(saltText.replaceAll('.', '+'), 'PBKDF2');
  const digest = bytesOf(digestText.replaceAll('.', '+'), 'PBKDF2');
  if (length !== undefined && Number(length) !== digest.length) throw malformed('PBKDF2');
  return pbkdf2Hash('pbkdf2', { algorithm, iterations: Number(iterations), salt, digest });
}

/**
 * @param {string} format
 * @param {{ algorithm: string, iterations: number, salt: Buffer | string, digest: Buffer }} parts
 * @returns {import('./stored-hash.js').StoredHash}
 * @throws {import('./stored-hash.js').HashRefusedError}
 */
export function pbkdf2Hash(format, { algorithm, iterations, salt, digest }) {
  const blocks = Math.ceil(digest.length / (BLOCK_BYTES[algorithm] ?? 1));
  if (iterations * blocks > MAX_ITERATIONS) {
    throw tooCostly(`PBKDF2 iterations × blocks ${MAX_ITERATIONS}`);
  }
  return {
    format,
    matches: (password) => isEqual(pbkdf2Sync(password, salt, iterations, digest.length, algorithm), digest),
  };
}
