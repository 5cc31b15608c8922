import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findOnPath } from './find-on-path.js';
import { freePort } from './free-port.js';
import { startProcess, stop, untilItAnswers } from './server-process.js';
import { startRedisServer } from './start-redis.js';
import { makeTemporaryDirectory } from './temporary-directory.js';

const SLOTS = 16_384;

/** A Sentinel that watches a master; both ask for the password. */
export async function startRedisWithSentinel() {
  const binary = findOnPath('redis-server');
  if (!binary) throw new Error('There is no redis-server.');
  const password = randomBytes(16).toString('hex');
  const master = await startRedisServer({ password });
  const directory = makeTemporaryDirectory('sentinel');
  const port = await freePort();
  const file = join(directory, 'sentinel.conf');
  const settings = [
    'bind 127.0.0.1',
    `port ${port}`,
    `dir ${directory}`,
    `requirepass ${password}`,
    `sentinel monitor main 127.0.0.1 ${master.port} 1`,
    `sentinel auth-pass main ${password}`,
  ];
  writeFileSync(file, settings.join('\n'), { mode: 0o600 });
  const sentinel = startProcess({
    name: 'sentinel',
    command: binary['redis-server'],
    args: [file, '--sentinel'],
    directory,
  });
  await untilItAnswers(sentinel, () =>
    ask(`redis://:${password}@127.0.0.1:${port}`, (client) => client.ping()),
  );
  return {
    url: `redis+sentinel://:${password}@127.0.0.1:${port}/main`,
    stop: async () => {
      await stop(sentinel);
      await master.stop();
    },
  };
}

/** A Cluster of one node, which has all slots. */
export async function startRedisCluster() {
  const node = await startRedisServer({
    settings: ['cluster-enabled yes', 'cluster-announce-ip 127.0.0.1'],
  });
  await ask(node.url, async (client) => {
    await client.cluster('ADDSLOTS', ...Array.from({ length: SLOTS }, (_, slot) => slot));
    while (!(await client.cluster('INFO')).includes('cluster_state:ok'));
  });
  return { url: node.url.replace('redis:', 'redis+cluster:'), stop: node.stop };
}

/**
 * @template Answer
 * @param {string} url
 * @param {(client: Redis) => Promise<Answer>} question
 */
async function ask(url, question) {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => {});
  try {
    await client.connect();
    return await question(client);
  } finally {
    client.disconnect();
  }
}
