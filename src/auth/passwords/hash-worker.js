// Runs in a worker thread. JavaScript, since worker threads of Node 20 load no TypeScript, neither from src in tests.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import bcrypt from 'bcryptjs';

/**
 * @typedef {{ algorithm: 'bcrypt', cost: number } | { algorithm: 'argon2id' }} Scheme
 * @typedef {{ kind: 'hash', password: string, scheme: Scheme }} HashTask
 * @typedef {{ kind: 'verify', password: string, typed?: string, hash: string | null, scheme: Scheme }} VerifyTask `typed`: before it was prepared
 */

/** OWASP's parameters for Argon2id: 19 MiB, two passes, one lane. */
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const ARGON2ID_PREFIX = `$argon2id$v=19$m=${ARGON2ID.memoryCost},t=${ARGON2ID.timeCost},p=${ARGON2ID.parallelism}$`;

const BCRYPT_SHA256 = /^\$bcrypt-sha256\$v=2,t=2b,r=(\d{1,2})\$([./A-Za-z0-9]{22})\$([./A-Za-z0-9]{31})$/;
const BCRYPT = /^\$2[aby]\$(\d{2})\$[./A-Za-z0-9]{53}$/;
const BCRYPT_MAX_BYTES = 72;

/** @param {HashTask | VerifyTask} task */
export default async function run(task) {
  if (task.kind === 'hash') return hash(task.password, task.scheme);
  const stored = task.hash ?? decoy(task.scheme);
  const matches = (await verify(task.password, stored, task.scheme)) && task.hash !== null;
  if (matches || task.typed === undefined || task.typed === task.password) {
    return { matches, outdated: matches && isOutdated(stored, task.scheme) };
  }
  // Hashes of before passwords were prepared.
  const matchesTyped = (await verify(task.typed, stored, task.scheme)) && task.hash !== null;
  return { matches: matchesTyped, outdated: matchesTyped };
}

/** @param {string} password @param {Scheme} scheme */
async function hash(password, scheme) {
  if (scheme.algorithm === 'argon2id') {
    const { hashSync } = await import('@node-rs/argon2');
    return hashSync(password, ARGON2ID);
  }
  const salt = bcrypt.genSaltSync(scheme.cost).slice(-22);
  return bcryptSha256(password, scheme.cost, salt);
}

/** What looks like a hash of the current kind and cost, so that checking against it takes as long. @param {Scheme} scheme */
function decoy(scheme) {
  if (scheme.algorithm === 'argon2id') return `${ARGON2ID_PREFIX}${base64(16)}$${base64(32)}`;
  return `$bcrypt-sha256$v=2,t=2b,r=${scheme.cost}$${bcrypt.genSaltSync(scheme.cost).slice(-22)}$${'.'.repeat(31)}`;
}

/** @param {number} length of random bytes */
function base64(length) {
  return randomBytes(length).toString('base64').replace(/=+$/, '');
}

/** @param {string} password @param {string} stored @param {Scheme} scheme */
async function verify(password, stored, scheme) {
  try {
    return await compare(password, stored);
  } catch {
    // The stored text only looks like a hash: nothing matches it, which takes the time of a real one to say.
    await hash(password, scheme);
    return false;
  }
}

/** @param {string} password @param {string} stored */
async function compare(password, stored) {
  const [, cost, salt] = BCRYPT_SHA256.exec(stored) ?? [];
  if (cost && salt) return equal(bcryptSha256(password, Number(cost), salt), stored);
  if (stored.startsWith('$argon2')) {
    const { verifySync } = await import('@node-rs/argon2');
    return verifySync(stored, password);
  }
  // Hashes brought from elsewhere. Plain bcrypt stops at a NUL and at 72 bytes, where different passwords would match.
  if (!BCRYPT.test(stored)) throw new Error('This is no hash.');
  const matches = bcrypt.compareSync(password, stored);
  return matches && !password.includes('\0') && Buffer.byteLength(password) <= BCRYPT_MAX_BYTES;
}

/**
 * bcrypt of base64(HMAC-SHA-256(salt, password)): every byte of the password counts, whatever its length and whatever
 * bytes it holds. The format is Passlib's `bcrypt_sha256`, version 2.
 * @param {string} password @param {number} cost @param {string} salt
 */
function bcryptSha256(password, cost, salt) {
  const digest = createHmac('sha256', salt).update(password, 'utf8').digest('base64');
  const hashed = bcrypt.hashSync(digest, `$2b$${String(cost).padStart(2, '0')}$${salt}`);
  return `$bcrypt-sha256$v=2,t=2b,r=${cost}$${salt}$${hashed.slice(-31)}`;
}

/** @param {string} stored @param {Scheme} scheme */
function isOutdated(stored, scheme) {
  if (scheme.algorithm === 'argon2id') return !stored.startsWith(ARGON2ID_PREFIX);
  return Number(BCRYPT_SHA256.exec(stored)?.[1]) !== scheme.cost;
}

/** @param {string} a @param {string} b */
function equal(a, b) {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
