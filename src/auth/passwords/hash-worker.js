// Runs in a worker thread. JavaScript, since worker threads of Node 20 load no TypeScript, neither from src in tests.
import { decoy, doRestOfWork, hash, isOutdated } from './current-hash.js';
import { readHash } from './formats/read-hash.js';

/**
 * @typedef {import('./current-hash.js').Scheme} Scheme
 * @typedef {{ kind: 'hash', password: string, scheme: Scheme }} HashTask
 * @typedef {{ kind: 'verify', password: string, typed?: string, hash: string | null, scheme: Scheme }} VerifyTask `typed`: before it was prepared
 */

/** As much as `BCRYPT_COST` may be, or may have been. */
const OWN_MAX_COST = 20;

/** @param {HashTask | VerifyTask} task */
export default async function run(task) {
  if (task.kind === 'hash') return hash(task.password, task.scheme);
  const stored = task.hash ?? decoy(task.scheme);
  const matches = (await verify(task.password, stored, task.scheme)) && task.hash !== null;
  if (matches || task.typed === undefined || task.typed === task.password) {
    return { matches, outdated: matches && isOutdated(stored, task.scheme) };
  }
  // Hashes of before passwords were prepared, or of another system, which prepares none.
  const matchesTyped = (await verify(task.typed, stored, task.scheme)) && task.hash !== null;
  return { matches: matchesTyped, outdated: matchesTyped };
}

/** @param {string} password @param {string} stored @param {Scheme} scheme */
async function verify(password, stored, scheme) {
  try {
    const began = performance.now();
    const matches = await readHash(stored, OWN_MAX_COST).matches(password);
    // A hash of another kind is not to be told from none by being cheaper.
    if (!matches && isOutdated(stored, scheme)) {
      await doRestOfWork(password, scheme, performance.now() - began);
    }
    return matches;
  } catch {
    // The stored text only looks like a hash, or is too costly: nothing matches it, which takes the time of a real one to say.
    await hash(password, scheme);
    return false;
  }
}
