import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { closedLoop } from '../support/closed-loop.js';
import { figure } from '../support/figures.js';
import { logIn, register, startLatchkey, unlimited } from '../support/latchkey.js';
import { load } from '../support/load.js';
import { interleaved, roundsOf } from '../support/rounds.js';

/** @import { Bench } from '../support/bench.js' */
/** @import { Figure } from '../support/figures.js' */

const PART = 'logins';
const LOGINS_AT_ONCE = 16;
const BCRYPT_COST = 12;
/** A check takes up to a third of a second, so that a short round would count few of them. */
const HASH_SECONDS_MIN = 4;
const HASH_WORKER = new URL('../support/hash-loop-worker.js', import.meta.url);

/** How many logins there are, and what they do to other requests. @param {Bench} bench */
export async function logins(bench) {
  return [
    ...(await guardedBeside(bench)),
    await againstTheCores(bench, 'bcrypt', { atLeast: 0.9 }),
    await againstTheCores(bench, 'argon2id', { atLeast: 0.75 }),
    ...(await onPostgres(bench)),
  ];
}

/** @param {Bench} bench @returns {Promise<Figure[]>} */
async function onPostgres(bench) {
  const url = await bench.database('logins on PostgreSQL');
  if (url === undefined) return [];
  return [await againstTheCores(bench, 'argon2id', { atLeast: 0.75 }, { DATABASE_URL: url }, ', PostgreSQL')];
}

/** @param {Bench} bench @returns {Promise<Figure[]>} */
async function guardedBeside(bench) {
  const server = await startLatchkey(unlimited(bench));
  try {
    const { accessToken } = await register(server.url);
    const headers = { authorization: `Bearer ${accessToken}` };
    /** @param {number} seconds */
    const guarded = (seconds) => load(`${server.url}/api/auth/verify`, { headers, seconds });
    /** @type {number[]} */
    const loginRates = [];
    /** @param {number} seconds */
    const busy = async (seconds) => {
      const loggingIn = closedLoop({
        workers: LOGINS_AT_ONCE,
        seconds,
        step: () => logIn(server.url),
      });
      const result = await guarded(seconds);
      loginRates.push((await loggingIn).perSecond);
      return result;
    };
    const results = await interleaved(
      bench,
      { idle: guarded, 'with logins': busy },
      ({ perSecond, p99 }) => `${Math.round(perSecond)}/s, p99 ${p99} ms`,
    );
    /** @param {'perSecond' | 'p99'} what */
    const against = (what) => ({
      ours: roundsOf(results, 'with logins', (result) => result[what]),
      baseline: { name: 'idle', rounds: roundsOf(results, 'idle', (result) => Math.max(result[what], 1)) },
    });
    const rates = against('perSecond');
    const latencies = against('p99');
    return [
      figure(PART, `guarded request while ${LOGINS_AT_ONCE} log in`, 'perSecond', rates.ours, {
        baseline: rates.baseline,
        goal: { atLeast: 0.5 },
      }),
      figure(PART, 'p99 of it', 'milliseconds', latencies.ours, {
        baseline: latencies.baseline,
        goal: { atMost: 3 },
      }),
      figure(PART, 'logins meanwhile', 'perSecond', loginRates.slice(-bench.rounds)),
    ];
  } finally {
    await server.stop();
  }
}

/**
 * @param {Bench} bench
 * @param {'bcrypt' | 'argon2id'} algorithm
 * @param {{ atLeast: number }} goal
 * @param {Record<string, string>} environment
 * @param {string} where the database, if it is not the embedded one
 * @returns {Promise<Figure>}
 */
async function againstTheCores(bench, algorithm, goal, environment = {}, where = '') {
  const server = await startLatchkey({
    ...unlimited(bench),
    ...environment,
    PASSWORD_HASH: algorithm,
    BCRYPT_COST: String(BCRYPT_COST),
  });
  try {
    await register(server.url);
    /** @param {number} seconds */
    const long = (seconds) => Math.max(seconds, HASH_SECONDS_MIN);
    /** @param {number} perSecond */
    const rate = (perSecond) => perSecond;
    const cores = `${availableParallelism()} threads that only check`;
    const results = await interleaved(
      bench,
      {
        logins: async (/** @type {number} */ seconds) => {
          const { perSecond } = await closedLoop({
            workers: LOGINS_AT_ONCE,
            seconds: long(seconds),
            step: () => logIn(server.url),
          });
          return perSecond;
        },
        [cores]: (seconds) => hashesPerSecond(algorithm, long(seconds)),
      },
      (perSecond) => `${perSecond.toFixed(1)}/s, ${algorithm}${where}`,
    );
    return figure(PART, `logins, ${algorithm}${where}`, 'perSecond', roundsOf(results, 'logins', rate), {
      baseline: { name: cores, rounds: roundsOf(results, cores, rate) },
      goal,
    });
  } finally {
    await server.stop();
  }
}

/** What the cores can do when each does nothing else. @param {'bcrypt' | 'argon2id'} algorithm @param {number} seconds */
async function hashesPerSecond(algorithm, seconds) {
  const rates = await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      const worker = new Worker(HASH_WORKER, { workerData: { algorithm, cost: BCRYPT_COST, seconds } });
      const [rate] = await once(worker, 'message');
      return /** @type {number} */ (rate);
    }),
  );
  return rates.reduce((sum, rate) => sum + rate, 0);
}
