import { once } from 'node:events';
import { createServer } from 'node:net';
import { randomInt } from 'node:crypto';

/**
 * Below those that the kernel gives to connections and to servers that ask for any (32768 to 60999 on Linux): what is free
 * stays so until the server of the test has started, and while it is down between two starts. A node of a Redis Cluster needs
 * the one that is 10,000 higher, too, so those up to 32,000 are left alone.
 */
const LOWEST = 12_000;
const HIGHEST = 22_000;
const TRIES = 100;

/** A port of 127.0.0.1 for a server that a test starts. */
export async function freePort() {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(port)) return port;
  }
  throw new Error('No TCP port could be had.');
}

/** @param {number} port */
async function isFree(port) {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
