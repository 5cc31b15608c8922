import { createHmac } from 'node:crypto';
import bcrypt from 'bcryptjs';
import { BCRYPT_MAX_COST, BCRYPT_MIN_COST } from './bcrypt.js';
import { isEqual, malformed, tooCostly } from './stored-hash.js';

const FORMAT = /^\$bcrypt-sha256\$v=2,t=2b,r=(\d{1,2})\$([./A-Za-z0-9]{22})\$([./A-Za-z0-9]{31})$/;

/**
 * @param {string} stored
 * @param {number} [maxCost] `BCRYPT_COST` may ask for more than is taken from elsewhere
 * @returns {import('./stored-hash.js').StoredHash | undefined}
 */
export function readBcryptSha256(stored, maxCost = BCRYPT_MAX_COST) {
  if (!stored.startsWith('$bcrypt-sha256$')) return undefined;
  const [, rounds, salt] = FORMAT.exec(stored) ?? [];
  const cost = Number(rounds);
  if (!salt || cost < BCRYPT_MIN_COST) throw malformed('bcrypt-sha256');
  if (cost > maxCost) throw tooCostly(`bcrypt cost ${maxCost}`);
  return {
    format: 'bcrypt-sha256',
    matches: (password) => isEqual(bcryptSha256(password, cost, salt), stored),
  };
}

/** @param {string} stored @returns {number | undefined} its cost, if it is of this format */
export function bcryptSha256Cost(stored) {
  const [, rounds] = FORMAT.exec(stored) ?? [];
  return rounds === undefined ? undefined : Number(rounds);
}

/**
 * bcrypt of base64(HMAC-SHA-256(salt, password)): every byte of the password counts, whatever its length and whatever
 * bytes it holds. The format is Passlib's `bcrypt_sha256`, version 2.
 * @param {string} password @param {number} cost @param {string} salt
 */
export function bcryptSha256(password, cost, salt) {
  const digest = createHmac('sha256', salt).update(password, 'utf8').digest('base64');
  const hashed = bcrypt.hashSync(digest, `$2b$${String(cost).padStart(2, '0')}$${salt}`);
  return `$bcrypt-sha256$v=2,t=2b,r=${cost}$${salt}$${hashed.slice(-31)}`;
}
