// The kind of hash that the settings ask for. JavaScript, as it runs in a worker thread.
import { randomBytes } from 'node:crypto';
import bcrypt from 'bcryptjs';
import { BCRYPT_MIN_COST } from './formats/bcrypt.js';
import { bcryptSha256, bcryptSha256Cost } from './formats/bcrypt-sha256.js';

/** @typedef {{ algorithm: 'bcrypt', cost: number } | { algorithm: 'argon2id' }} Scheme */

/** OWASP's parameters for Argon2id: 19 MiB, two passes, one lane. */
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const ARGON2ID_PREFIX = `$argon2id$v=19$m=${ARGON2ID.memoryCost},t=${ARGON2ID.timeCost},p=${ARGON2ID.parallelism}$`;
const ARGON2_MIN_MEMORY = 8;

/** How long a hash took last in this thread. Milliseconds, by algorithm and cost. @type {Map<string, number>} */
const durations = new Map();

/** @param {string} password @param {Scheme} scheme */
export async function hash(password, scheme) {
  const began = performance.now();
  const hashed =
    scheme.algorithm === 'argon2id'
      ? await argon2id(password, ARGON2ID.memoryCost)
      : bcryptSha256(password, scheme.cost, saltOf(scheme.cost));
  durations.set(keyOf(scheme), performance.now() - began);
  return hashed;
}

/** What looks like a hash of the current kind and cost, so that checking against it takes as long. @param {Scheme} scheme */
export function decoy(scheme) {
  if (scheme.algorithm === 'argon2id') return `${ARGON2ID_PREFIX}${base64(16)}$${base64(32)}`;
  return `$bcrypt-sha256$v=2,t=2b,r=${scheme.cost}$${saltOf(scheme.cost)}$${'.'.repeat(31)}`;
}

/** @param {string} stored @param {Scheme} scheme */
export function isOutdated(stored, scheme) {
  if (scheme.algorithm === 'argon2id') return !stored.startsWith(ARGON2ID_PREFIX);
  return bcryptSha256Cost(stored) !== scheme.cost;
}

/**
 * Does the rest of the work of a current hash, after a cheaper one took less, so that both take about as long.
 * @param {string} password @param {Scheme} scheme @param {number} spent milliseconds
 */
export async function doRestOfWork(password, scheme, spent) {
  const whole = durations.get(keyOf(scheme));
  if (whole === undefined) {
    // The first one of the thread: how long it takes is known from now on.
    await hash(password, scheme);
    return;
  }
  let rest = 1 - spent / whole;
  if (scheme.algorithm === 'argon2id') {
    const memory = Math.round(ARGON2ID.memoryCost * rest);
    if (memory >= ARGON2_MIN_MEMORY) await argon2id(password, memory);
    return;
  }
  // Each cost is half the work of the next: together they come as close to the rest as half the lowest one.
  const tolerance = 2 ** (BCRYPT_MIN_COST - scheme.cost) / 2;
  for (let { cost } = scheme, share = 1; cost >= BCRYPT_MIN_COST; cost -= 1, share /= 2) {
    if (rest < share - tolerance) continue;
    bcryptSha256(password, cost, saltOf(cost));
    rest -= share;
  }
}

/** @param {string} password @param {number} memoryCost KiB */
async function argon2id(password, memoryCost) {
  const { hashSync } = await import('@node-rs/argon2');
  return hashSync(password, { ...ARGON2ID, memoryCost });
}

/** @param {Scheme} scheme */
function keyOf(scheme) {
  return scheme.algorithm === 'argon2id' ? scheme.algorithm : `${scheme.algorithm} ${scheme.cost}`;
}

/** @param {number} cost */
function saltOf(cost) {
  return bcrypt.genSaltSync(cost).slice(-22);
}

/** @param {number} length of random bytes */
function base64(length) {
  return randomBytes(length).toString('base64').replace(/=+$/, '');
}
