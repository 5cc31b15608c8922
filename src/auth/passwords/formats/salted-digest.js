import { createHash } from 'node:crypto';
import { bytesOf, isEqual, malformed } from './stored-hash.js';

const BASE64 = '[A-Za-z0-9+/]';
const FORMAT = new RegExp(
  `^\\$salted-(md5|sha1|sha256|sha512)\\$order=(salt-password|password-salt)\\$(${BASE64}{0,172}={0,2})\\$(${BASE64}{22,86}={0,2})$`,
);

/** @type {Readonly<Record<string, number>>} */
const DIGEST_BYTES = { md5: 16, sha1: 20, sha256: 32, sha512: 64 };

/**
 * One digest of salt and password, in either order, as home-made tables of users have it; an empty salt: none. Fast, and so weak.
 * @type {import('./stored-hash.js').HashFormat}
 */
export function readSaltedDigest(stored) {
  if (!stored.startsWith('$salted-')) return undefined;
  const [, algorithm = '', order, saltText = '', digestText = ''] = FORMAT.exec(stored) ?? [];
  const salt = bytesOf(saltText, 'salted');
  const digest = bytesOf(digestText, 'salted');
  if (digest.length !== DIGEST_BYTES[algorithm]) throw malformed('salted');
  return {
    format: `salted-${algorithm}`,
    weakness: salt.length > 0 ? 'fast' : 'unsalted',
    matches: (password) => {
      const bytes = Buffer.from(password);
      const parts = order === 'salt-password' ? [salt, bytes] : [bytes, salt];
      return isEqual(createHash(algorithm).update(Buffer.concat(parts)).digest(), digest);
    },
  };
}
