import { scryptSync } from 'node:crypto';
import { bytesOf, isEqual, malformed, tooCostly } from './stored-hash.js';

const FORMAT =
  /^\$scrypt\$ln=([1-9]\d?),r=([1-9]\d{0,3}),p=([1-9]\d{0,3})\$([A-Za-z0-9+/]{1,88}={0,2})\$([A-Za-z0-9+/]{22,171}={0,2})$/;
/** Bytes: 256 MiB. */
const MAX_MEMORY = 268_435_456;
/** Bytes, times lanes: some 1.5 seconds. */
const MAX_WORK = 536_870_912;

/**
 * @typedef {object} ScryptCost
 * @property {number} ln the binary logarithm of N
 * @property {number} r
 * @property {number} p
 */

/**
 * scrypt (RFC 7914) in Passlib's format; any parameters of elsewhere can be written in it.
 * @type {import('./stored-hash.js').HashFormat}
 */
export function readScrypt(stored) {
  if (!stored.startsWith('$scrypt$')) return undefined;
  const [, ln, r, p, saltText = '', digestText = ''] = FORMAT.exec(stored) ?? [];
  if (!ln) throw malformed('scrypt');
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  refuseScryptCost(cost);
  const salt = bytesOf(saltText, 'scrypt');
  const digest = bytesOf(digestText, 'scrypt');
  return {
    format: 'scrypt',
    matches: (password) => isEqual(scrypt(password, salt, cost, digest.length), digest),
  };
}

/** @param {ScryptCost} cost @throws {import('./stored-hash.js').HashRefusedError} */
export function refuseScryptCost({ ln, r, p }) {
  const memory = 128 * 2 ** ln * r;
  if (memory > MAX_MEMORY) throw tooCostly('scrypt memory 256 MiB (128 · N · r)');
  if (memory * p > MAX_WORK) throw tooCostly('scrypt work 512 MiB (128 · N · r · p)');
}

/** @param {string} password @param {Buffer} salt @param {ScryptCost} cost @param {number} length */
export function scrypt(password, salt, { ln, r, p }, length) {
  const N = 2 ** ln;
  return scryptSync(password, salt, length, { N, r, p, maxmem: 128 * r * (N + p + 2) });
}
