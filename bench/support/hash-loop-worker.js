// Checks one password again and again, in a thread of its own and with nothing around it.
import { parentPort, workerData } from 'node:worker_threads';
import { hashSync, verifySync } from '@node-rs/argon2';
import bcrypt from 'bcryptjs';

const PASSWORD = 'correct horse battery staple';
/** @type {{ algorithm: 'bcrypt' | 'argon2id', cost: number, seconds: number }} */
const { algorithm, cost, seconds } = workerData;

const hash =
  algorithm === 'bcrypt'
    ? bcrypt.hashSync(PASSWORD, cost)
    : hashSync(PASSWORD, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
const check =
  algorithm === 'bcrypt'
    ? bcrypt.compareSync
    : (/** @type {string} */ p, /** @type {string} */ h) => verifySync(h, p);

const startedAt = performance.now();
let count = 0;
while (performance.now() < startedAt + seconds * 1000) {
  if (!check(PASSWORD, hash)) throw new Error('The password does not match its hash.');
  count += 1;
}
// A thread's port, not a window: it takes no origin.
// oxlint-disable-next-line unicorn/require-post-message-target-origin
parentPort?.postMessage((count * 1000) / (performance.now() - startedAt));
