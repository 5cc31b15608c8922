import { join } from 'node:path';
import { figure } from '../support/figures.js';
import { register, startLatchkey, unlimited } from '../support/latchkey.js';
import { loadOfTokens } from '../support/load.js';
import { makeSigningKey, mintLike } from '../support/minted-tokens.js';
import { residentMegabytes } from '../support/server.js';

/** @import { Bench } from '../support/bench.js' */
/** @import { Figure, Goal } from '../support/figures.js' */

const PART = 'start-up';
const FEW_REQUESTS = 10_000;
const REMEMBERED = {
  name: 'memory after 1,000,000 guarded requests, 5,000 tokens',
  tokens: 5_000,
  requests: 1_000_000,
  goal: { atMost: 1.1 },
};
/** Twice as many as the server remembers, in a circle: each comes as a new one and pushes another out. */
const NEW = {
  name: 'memory after 100,000 guarded requests, every token new',
  tokens: 20_000,
  requests: 100_000,
};

/** How long a start takes, what it occupies, and whether that grows with use. @param {Bench} bench */
export async function startUp(bench) {
  return [...(await starts(bench)), ...(await onPostgres(bench))];
}

/** @param {Bench} bench @returns {Promise<Figure[]>} */
async function starts(bench) {
  /** @type {number[]} */
  const first = [];
  /** @type {number[]} */
  const later = [];
  for (let round = 0; round < bench.rounds; round += 1) {
    const environment = { DATA_DIR: join(bench.directory, `start-${round}`) };
    for (const times of [first, later]) {
      const server = await startLatchkey(environment);
      times.push(server.readyMs);
      await server.stop();
    }
    bench.progress(
      `  round ${round + 1} of ${bench.rounds}: ${first.at(-1)?.toFixed()} ms, then ${later.at(-1)?.toFixed()} ms`,
    );
  }
  return [
    figure(PART, 'ready, embedded database, first start', 'milliseconds', first, { goal: { atMost: 3_000 } }),
    figure(PART, 'ready, embedded database, later starts', 'milliseconds', later, {
      goal: { atMost: 1_000 },
    }),
  ];
}

/** @param {Bench} bench @returns {Promise<Figure[]>} */
async function onPostgres(bench) {
  const url = await bench.database('start-up and memory on PostgreSQL');
  if (url === undefined) return [];
  /** @type {number[]} */
  const times = [];
  /** @type {number[]} */
  const memory = [];
  // One more: the first has the migrations to do.
  for (let round = 0; round <= bench.rounds; round += 1) {
    const server = await startLatchkey({ ...unlimited(bench), DATABASE_URL: url });
    if (round > 0) {
      times.push(server.readyMs);
      memory.push(residentMegabytes(server.pid));
    }
    await server.stop();
  }
  return [
    figure(PART, 'ready, PostgreSQL', 'milliseconds', times),
    figure(PART, 'memory after the start, PostgreSQL', 'megabytes', memory, { goal: { atMost: 150 } }),
    await memoryOfRequests(bench, url, REMEMBERED),
    await memoryOfRequests(bench, url, NEW),
  ];
}

/**
 * On PostgreSQL: beside what the embedded database occupies, growth would hardly show.
 * @param {Bench} bench
 * @param {string} database its URL
 * @param {{ name: string, tokens: number, requests: number, goal?: Goal }} options
 * @returns {Promise<Figure>}
 */
async function memoryOfRequests(bench, database, { name, tokens: count, requests, goal }) {
  const { environment, privateKey } = makeSigningKey(bench);
  const server = await startLatchkey({ ...unlimited(bench), ...environment, DATABASE_URL: database });
  try {
    const { accessToken } = await register(server.url, `${count}@example.com`);
    const tokens = mintLike(accessToken, privateKey, count);
    const url = `${server.url}/api/auth/verify`;
    bench.progress(`  ${FEW_REQUESTS} guarded requests, then ${requests}, with ${count} tokens`);
    await loadOfTokens(url, { tokens, amount: FEW_REQUESTS });
    const few = residentMegabytes(server.pid);
    await loadOfTokens(url, { tokens, amount: requests - FEW_REQUESTS });
    const many = residentMegabytes(server.pid);
    return figure(PART, name, 'megabytes', [many], {
      baseline: { name: 'after 10,000', rounds: [few] },
      ...(goal && { goal }),
    });
  } finally {
    await server.stop();
  }
}
