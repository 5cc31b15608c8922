import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { findOnPath } from './find-on-path.js';
import { freePort } from './free-port.js';
import { killProcess, startProcess, stop, untilItAnswers } from './server-process.js';
import { makeTemporaryDirectory } from './temporary-directory.js';

/** @import { Service } from './service.js' */

/** @returns {Promise<Service>} */
export async function startRedis() {
  const given = process.env['TEST_REDIS_URL'];
  if (given) return { found: await describeGiven(given), value: given };

  if (!findOnPath('redis-server')) {
    return { missing: 'Redis (no redis-server found; set TEST_REDIS_URL)' };
  }
  const { url } = await startRedisServer();
  return { found: `Redis ${await askVersion(url)} (local binary)`, value: url };
}

/**
 * A server of its own, which nothing else uses.
 * @param {object} [options]
 * @param {number} [options.port] where one ran before that was stopped
 * @param {string} [options.password]
 * @param {string} [options.directory]
 * @param {string[]} [options.settings] lines of its configuration
 */
export async function startRedisServer(options = {}) {
  const binary = findOnPath('redis-server');
  if (!binary) throw new Error('There is no redis-server.');
  const { directory = makeTemporaryDirectory('redis'), port = await freePort() } = options;
  // Other users of this machine can reach the port. The settings go in by stdin, out of sight of `ps`.
  const { password = randomBytes(16).toString('hex') } = options;
  const settings = ['bind 127.0.0.1', `port ${port}`, `requirepass ${password}`, 'save ""', 'appendonly no'];
  const server = startProcess({
    name: 'redis',
    command: binary['redis-server'],
    args: ['-'],
    directory,
    input: [...settings, ...(options.settings ?? [])].join('\n'),
  });
  const url = `redis://:${password}@127.0.0.1:${port}`;
  await untilItAnswers(server, () => askVersion(url));
  return {
    url,
    port,
    password,
    kill: () => killProcess(server),
    /** Stands still: connections stay, nothing is answered. */
    pause: () => void server.child.kill('SIGSTOP'),
    resume: () => void server.child.kill('SIGCONT'),
    stop: () => stop(server),
    /** Empty and on the same port, as after a restart without a saved state. */
    startAgain: () => startRedisServer({ ...options, directory, port, password }),
  };
}

/** @param {string} url */
async function describeGiven(url) {
  try {
    return `Redis ${await askVersion(url)} (TEST_REDIS_URL)`;
  } catch (error) {
    throw new Error(`The server of TEST_REDIS_URL cannot be used: ${String(error)}`, { cause: error });
  }
}

/** @param {string} url */
async function askVersion(url) {
  const client = new Redis(url, { lazyConnect: true, connectTimeout: 5_000, retryStrategy: () => null });
  /** @type {Error | undefined} */
  let cause;
  client.on('error', (error) => (cause = error));
  try {
    await client.connect();
    const info = await client.info('server');
    return /^redis_version:(\S+)/m.exec(info)?.[1];
  } catch (error) {
    // connect() only says that the connection is closed; the event says why.
    throw cause ?? error;
  } finally {
    client.disconnect();
  }
}
