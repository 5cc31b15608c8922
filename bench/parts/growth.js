import { openApplication } from '../support/application.js';
import { closedLoop } from '../support/closed-loop.js';
import { figure } from '../support/figures.js';
import { register, startLatchkey, unlimited } from '../support/latchkey.js';
import { load } from '../support/load.js';
import { interleaved, roundsOf } from '../support/rounds.js';
import { SEEDED_SECRET, seededSessionId, seedRevocations, seedSessions } from '../support/seeding.js';

/** @import { Bench } from '../support/bench.js' */
/** @import { Figure } from '../support/figures.js' */
/** @import { RunningServer } from '../support/server.js' */

const PART = 'growth';
const SESSIONS = [10_000, 100_000, 1_000_000];
const SESSIONS_LARGE = 10_000_000;
/** Few, so that what is measured is the store's answer and not the wait for it. */
const CHAINS = 4;
const REVOCATIONS = [0, 1_000, 100_000];

/** Whether the service slows down as it fills up; on PostgreSQL. @param {Bench} bench */
export async function growth(bench) {
  return [...(await ofSessions(bench)), ...(await ofRevocations(bench))];
}

/** @param {Bench} bench @returns {Promise<Figure[]>} */
async function ofSessions(bench) {
  const sizes = bench.large ? [...SESSIONS, SESSIONS_LARGE] : SESSIONS;
  /** @type {Awaited<ReturnType<typeof openApplication>>[]} */
  const apps = [];
  try {
    /** @type {Record<string, (seconds: number) => ReturnType<typeof closedLoop>>} */
    const candidates = {};
    for (const size of sizes) {
      const url = await bench.database('growth of sessions');
      if (url === undefined) return [];
      const app = await openApplication({ ...unlimited(bench), DATABASE_URL: url });
      apps.push(app);
      bench.progress(`  seeding ${size.toLocaleString('en')} sessions`);
      await seedSessions(url, size);
      candidates[`${size.toLocaleString('en')} sessions`] = refreshesOf(app, size);
    }
    const results = await interleaved(bench, candidates, ({ p50 }) => `p50 ${p50.toFixed(3)} ms`);
    const [[smallest, baseline] = ['', []], ...others] = byName(results, ({ p50 }) => p50);
    return others.map(([name, rounds]) =>
      figure(PART, `refresh p50, ${name}`, 'milliseconds', rounds, {
        baseline: { name: smallest, rounds: baseline },
        goal: { atMost: 1.2 },
      }),
    );
  } finally {
    await Promise.all(apps.map((app) => app.close()));
  }
}

/**
 * Refreshes of sessions picked at random: always the same would always be in the store's memory.
 * @param {Awaited<ReturnType<typeof openApplication>>} app
 * @param {number} size
 */
function refreshesOf(app, size) {
  const generations = new Uint32Array(size);
  /** @param {number} chain */
  const step = async (chain) => {
    // Each chain has its own share, so that no two present the same token.
    const index = Math.floor((Math.random() * size) / CHAINS) * CHAINS + chain;
    const generation = generations[index] ?? 0;
    const token = app.codec.encode({
      sessionId: seededSessionId(index),
      generation,
      secret: SEEDED_SECRET,
    });
    await app.rotation.rotate(token);
    generations[index] = generation + 1;
  };
  /** @param {number} seconds */
  return (seconds) => closedLoop({ workers: CHAINS, seconds, step });
}

/** @param {Bench} bench @returns {Promise<Figure[]>} */
async function ofRevocations(bench) {
  /** @type {RunningServer[]} */
  const servers = [];
  try {
    /** @type {Record<string, (seconds: number) => ReturnType<typeof load>>} */
    const candidates = {};
    for (const count of REVOCATIONS) {
      const url = await bench.database('growth of revocations');
      if (url === undefined) return [];
      const environment = { ...unlimited(bench), DATABASE_URL: url };
      // Makes the tables; the second start loads what is revoked.
      await (await startLatchkey(environment)).stop();
      if (count > 0) await seedRevocations(url, count);
      const server = await startLatchkey(environment);
      servers.push(server);
      const { accessToken } = await register(server.url);
      const headers = { authorization: `Bearer ${accessToken}` };
      candidates[`${count.toLocaleString('en')} live revocations`] = (seconds) =>
        load(`${server.url}/api/auth/verify`, { headers, seconds });
    }
    const results = await interleaved(bench, candidates, ({ perSecond }) => `${Math.round(perSecond)}/s`);
    const [[none, baseline] = ['', []], ...others] = byName(results, ({ perSecond }) => perSecond);
    return others.map(([name, rounds]) =>
      figure(PART, `guarded request, ${name}`, 'perSecond', rounds, {
        baseline: { name: none, rounds: baseline },
        goal: { atLeast: 0.95 },
      }),
    );
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

/**
 * @template Result
 * @param {Map<string, Result[]>} results
 * @param {(result: Result) => number} pick
 * @returns {[string, number[]][]}
 */
function byName(results, pick) {
  return [...results.keys()].map((name) => [name, roundsOf(results, name, pick)]);
}
