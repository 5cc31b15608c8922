import { readArgon2 } from './argon2.js';
import { readAspnetIdentity } from './aspnet-identity.js';
import { readBcrypt } from './bcrypt.js';
import { readBcryptSha256 } from './bcrypt-sha256.js';
import { readDjango } from './django.js';
import { readFirebaseScrypt } from './firebase-scrypt.js';
import { readLdapDigest } from './ldap-digest.js';
import { readPbkdf2 } from './pbkdf2.js';
import { readPhpass } from './phpass.js';
import { readSaltedDigest } from './salted-digest.js';
import { readScrypt } from './scrypt.js';
import { readShaCrypt } from './sha-crypt.js';
import { HashRefusedError } from './stored-hash.js';

/** Far above what any of them needs: Firebase's, with its key, has some 300. */
const MAX_LENGTH = 1024;

/** @type {readonly import('./stored-hash.js').HashFormat[]} */
const FORMATS = [
  readBcrypt,
  readArgon2,
  readScrypt,
  readFirebaseScrypt,
  readPbkdf2,
  readDjango,
  readAspnetIdentity,
  readShaCrypt,
  readPhpass,
  readLdapDigest,
  readSaltedDigest,
];

/**
 * A hash of any format that passwords are checked against, from wherever it was brought.
 * @param {string} stored
 * @param {number} [maxOwnCost] of bcrypt-sha256, which the settings may make dearer than what is taken from elsewhere
 * @returns {import('./stored-hash.js').StoredHash}
 * @throws {HashRefusedError} if it is of none of them, malformed, or too costly; its message holds nothing of the hash
 */
export function readHash(stored, maxOwnCost) {
  if (stored.length <= MAX_LENGTH) {
    const own = readBcryptSha256(stored, maxOwnCost);
    if (own) return own;
    for (const read of FORMATS) {
      const hash = read(stored);
      if (hash) return hash;
    }
  }
  throw new HashRefusedError('HASH_MALFORMED', 'This is no hash of a known format.');
}
