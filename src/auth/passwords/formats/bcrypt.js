import bcrypt from 'bcryptjs';
import { isEqual, malformed, tooCostly } from './stored-hash.js';

const FORMAT = /^\$2([abxy])\$(\d{2})\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/;
const MAX_BYTES = 72;
export const BCRYPT_MIN_COST = 4;
/** Some two seconds. */
export const BCRYPT_MAX_COST = 15;

/**
 * Plain bcrypt. It stops at a NUL and at 72 bytes, where different passwords would match: such passwords match nothing.
 * `2x` marks hashes of an implementation that read bytes above 127 wrongly, which maps different passwords to one hash. Of
 * ASCII the hash is the same, and is checked; other passwords match nothing.
 * @type {import('./stored-hash.js').HashFormat}
 */
export function readBcrypt(stored) {
  if (!/^\$2[a-z]?\$/.test(stored)) return undefined;
  const [, variant, cost, salt, digest] = FORMAT.exec(stored) ?? [];
  if (!variant || !salt || !digest || Number(cost) < BCRYPT_MIN_COST) throw malformed('bcrypt');
  if (Number(cost) > BCRYPT_MAX_COST) throw tooCostly(`bcrypt cost ${BCRYPT_MAX_COST}`);
  return {
    format: 'bcrypt',
    matches: (password) => {
      const computed = bcrypt.hashSync(password, `$2b$${cost}$${salt}`);
      return isEqual(computed.slice(-digest.length), digest) && isWhole(password, variant);
    },
  };
}

/** Whether all of the password counts. @param {string} password @param {string} variant */
function isWhole(password, variant) {
  if (password.includes('\0') || Buffer.byteLength(password) > MAX_BYTES) return false;
  return variant !== 'x' || Buffer.byteLength(password) === password.length;
}
