import { join } from 'node:path';
import { openApplication, isConfigurable } from '../support/application.js';
import { bareScript, bareStatement } from '../support/bare-call.js';
import { closedLoop } from '../support/closed-loop.js';
import { figure } from '../support/figures.js';
import { get, refresh as refreshOverHttp, register, startLatchkey, unlimited } from '../support/latchkey.js';
import { interleaved, roundsOf } from '../support/rounds.js';
import { startBaseline } from '../support/server.js';

/** @import { Bench } from '../support/bench.js' */
/** @import { Figure } from '../support/figures.js' */
/** @typedef {Awaited<ReturnType<typeof openApplication>>} Application */
/** @typedef {(seconds: number) => ReturnType<typeof closedLoop>} Candidate */

const PART = 'refresh';
/** Chains: each presents its newest token as soon as it has it. */
const CHAINS = 16;
const CLIENT = { ip: '192.0.2.1', userAgent: 'bench' };
const GOAL = { atLeast: 0.7 };
const BARE_SERVER = 'bare server, one statement and one signature';

/** Rotation against the statement it consists of, through the same driver, and over HTTP. @param {Bench} bench */
export async function refresh(bench) {
  return [...(await onPglite(bench)), ...(await onPostgres(bench)), ...(await onRedis(bench))];
}

/** @param {Bench} bench */
async function onPglite(bench) {
  return onStore(bench, 'PGlite', 'the bare statement', {}, (app, rotate) =>
    bareStatement(app.driver, rotate),
  );
}

/** @param {Bench} bench */
async function onPostgres(bench) {
  const url = await bench.database('refresh on PostgreSQL');
  if (url === undefined) return [];
  return onStore(bench, 'PostgreSQL', 'the bare statement', { DATABASE_URL: url }, (app, rotate) =>
    bareStatement(app.driver, rotate),
  );
}

/** @param {Bench} bench */
async function onRedis(bench) {
  const redis = { SESSION_STORE: 'redis', REDIS_URL: 'redis://127.0.0.1' };
  if (!(await isConfigurable({ ...unlimited(bench), ...redis }))) {
    bench.skip('refresh on Redis', 'the configuration takes no SESSION_STORE=redis yet');
    return [];
  }
  const url = await bench.redis('refresh on Redis');
  if (url === undefined) return [];
  return onStore(bench, 'Redis', 'the bare script', { ...redis, REDIS_URL: url }, (_app, rotate) =>
    bareScript(rotate),
  );
}

/**
 * @param {Bench} bench
 * @param {string} store
 * @param {string} bareName
 * @param {Record<string, string>} environment
 * @param {(app: Application, rotate: () => Promise<void>) => Promise<() => Promise<void>>} recordBare
 * @returns {Promise<Figure[]>}
 */
async function onStore(bench, store, bareName, environment, recordBare) {
  // They share a database where there is one to share; PGlite's is a directory for each.
  const app = await openApplication({ ...unlimited(bench), ...environment });
  const server = await startLatchkey({ ...unlimited(bench), ...environment });
  const bareServer = await startBaseline('bare-refresh', {
    ...environment,
    DATA_DIR: join(bench.directory, `bare-${store}`),
  });
  try {
    const candidates = {
      rotation: await rotationChains(app),
      [bareName]: await bareChains(app, recordBare),
      'over HTTP': await httpChains(server.url),
      [BARE_SERVER]: await httpChains(bareServer.url),
      profile: await profiles(server.url),
      'bare profile': await profiles(bareServer.url),
    };
    const results = await interleaved(
      bench,
      candidates,
      ({ perSecond, p50 }) => `${Math.round(perSecond)}/s, p50 ${p50.toFixed(2)} ms, ${store}`,
    );
    /** @param {string} name */
    const rates = (name) => roundsOf(results, name, ({ perSecond }) => perSecond);
    /** @param {string} name */
    const slowest = (name) => roundsOf(results, name, ({ p99 }) => p99);
    const baseline = { name: bareName, rounds: rates(bareName) };
    const bare = { name: BARE_SERVER, rounds: rates(BARE_SERVER) };
    return [
      figure(PART, `refresh, ${store}`, 'perSecond', rates('rotation'), { baseline, goal: GOAL }),
      figure(PART, `POST /api/auth/refresh, ${store}`, 'perSecond', rates('over HTTP'), {
        baseline: bare,
        goal: { atLeast: 0.5 },
      }),
      figure(PART, `p99 of it, ${store}`, 'milliseconds', slowest('over HTTP'), {
        baseline: { name: BARE_SERVER, rounds: slowest(BARE_SERVER) },
        goal: { atMost: 3 },
      }),
      figure(PART, `GET /api/profile, ${store}`, 'perSecond', rates('profile'), {
        baseline: { name: 'bare server, one select', rounds: rates('bare profile') },
        goal: { atLeast: 0.5 },
      }),
    ];
  } finally {
    await server.stop();
    await bareServer.stop();
    await app.close();
  }
}

/** @param {Application} app @returns {Promise<Candidate>} */
async function rotationChains(app) {
  const tokens = await eachChain(async (chain) => (await open(app, chain)).refreshToken);
  /** @param {number} chain */
  const step = async (chain) => {
    tokens[chain] = (await app.rotation.rotate(tokens[chain] ?? '')).refreshToken;
  };
  return (seconds) => closedLoop({ workers: CHAINS, seconds, step });
}

/**
 * @param {Application} app
 * @param {(app: Application, rotate: () => Promise<void>) => Promise<() => Promise<void>>} recordBare
 * @returns {Promise<Candidate>}
 */
async function bareChains(app, recordBare) {
  const chains = await eachChain(async (chain) => {
    let { refreshToken } = await open(app, chain);
    return recordBare(app, async () => {
      refreshToken = (await app.rotation.rotate(refreshToken)).refreshToken;
    });
  });
  /** @param {number} chain */
  const step = async (chain) => chains[chain]?.();
  return (seconds) => closedLoop({ workers: CHAINS, seconds, step });
}

/** @param {string} url @returns {Promise<Candidate>} */
async function httpChains(url) {
  const tokens = await eachChain(
    async (chain) => (await register(url, `user-${chain}@example.com`)).refreshToken,
  );
  /** @param {number} chain */
  const step = async (chain) => {
    tokens[chain] = (await refreshOverHttp(url, tokens[chain] ?? '')).refreshToken;
  };
  return (seconds) => closedLoop({ workers: CHAINS, seconds, step });
}

/** Sixteen users who read their profile again and again. @param {string} url @returns {Promise<Candidate>} */
async function profiles(url) {
  const tokens = await eachChain(
    async (chain) => (await register(url, `profile-${chain}@example.com`)).accessToken,
  );
  /** @param {number} chain */
  const step = (chain) => get(`${url}/api/profile`, tokens[chain] ?? '');
  return (seconds) => closedLoop({ workers: CHAINS, seconds, step });
}

/** @param {Application} app @param {number} chain */
function open(app, chain) {
  return app.sessions.open(`subject-${chain}`, CLIENT);
}

/**
 * One after the other: what is recorded of one must not hold what another sends.
 * @template T
 * @param {(chain: number) => Promise<T>} prepare
 */
async function eachChain(prepare) {
  /** @type {T[]} */
  const prepared = [];
  for (let chain = 0; chain < CHAINS; chain += 1) prepared.push(await prepare(chain));
  return prepared;
}
