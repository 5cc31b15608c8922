import { hash } from 'node:crypto';
import { pbkdf2Hash } from './pbkdf2.js';
import { refuseScryptCost, scrypt } from './scrypt.js';
import { bytesOf, isEqual, malformed } from './stored-hash.js';

const PBKDF2 = /^pbkdf2_(sha1|sha256)\$([1-9]\d{0,9})\$([!-#%-~]{1,64})\$([A-Za-z0-9+/]{27,44}={0,2})$/;
const SCRYPT =
  /^scrypt\$([1-9]\d{0,9})\$([!-#%-~]{1,64})\$([1-9]\d{0,3})\$([1-9]\d{0,3})\$([A-Za-z0-9+/]{86}={0,2})$/;
const DIGEST = /^(md5|sha1)\$([!-#%-~]{1,64})\$([0-9a-f]{32}|[0-9a-f]{40})$/;

/**
 * What Django's hashers write: PBKDF2, scrypt, salted MD5 and SHA-1. Its bcrypt and Argon2 are those formats once the
 * `bcrypt$` or `argon2` before them is gone.
 * @type {import('./stored-hash.js').HashFormat}
 */
export function readDjango(stored) {
  if (stored.startsWith('pbkdf2_')) return readDjangoPbkdf2(stored);
  if (stored.startsWith('scrypt$')) return readDjangoScrypt(stored);
  if (/^(md5|sha1)\$/.test(stored)) return readDjangoDigest(stored);
  return undefined;
}

/** @param {string} stored */
function readDjangoPbkdf2(stored) {
  const [, algorithm, iterations, salt, text] = PBKDF2.exec(stored) ?? [];
  if (!algorithm || !salt || !text) throw malformed('Django PBKDF2');
  const digest = bytesOf(text, 'Django PBKDF2');
  return pbkdf2Hash('django-pbkdf2', { algorithm, iterations: Number(iterations), salt, digest });
}

/** @param {string} stored @returns {import('./stored-hash.js').StoredHash} */
function readDjangoScrypt(stored) {
  const [, n, salt, r, p, text] = SCRYPT.exec(stored) ?? [];
  const ln = Math.log2(Number(n));
  if (!salt || !text || !Number.isInteger(ln) || ln < 1) throw malformed('Django scrypt');
  const cost = { ln, r: Number(r), p: Number(p) };
  refuseScryptCost(cost);
  const digest = bytesOf(text, 'Django scrypt');
  return {
    format: 'django-scrypt',
    matches: (password) => isEqual(scrypt(password, Buffer.from(salt), cost, digest.length), digest),
  };
}

/** @param {string} stored @returns {import('./stored-hash.js').StoredHash} */
function readDjangoDigest(stored) {
  const [, algorithm, salt, digest] = DIGEST.exec(stored) ?? [];
  if (!algorithm || !digest || digest.length !== (algorithm === 'md5' ? 32 : 40)) {
    throw malformed('Django digest');
  }
  return {
    format: `django-${algorithm}`,
    weakness: 'fast',
    matches: (password) => isEqual(hash(algorithm, `${salt}${password}`, 'hex'), digest),
  };
}
