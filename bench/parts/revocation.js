import { figure } from '../support/figures.js';
import { issuerAndService } from '../support/issuer.js';
import { logIn, register, startLatchkey, statusOf, unlimited } from '../support/latchkey.js';
import { load } from '../support/load.js';
import { startBaseline } from '../support/server.js';
import { percentile } from '../support/statistics.js';

/** @import { Bench } from '../support/bench.js' */
/** @import { Figure } from '../support/figures.js' */

const PART = 'revocation';
/** Of each round. */
const LOGOUTS = 200;
const GIVEN_UP = 30_000;

/** @typedef {'the other instance' | 'a resource server'} Place */
/** @typedef {{ name: Place, url: string }} Target `url` of a guarded route */

/**
 * How long a token still opens doors elsewhere after its logout was answered: at the other instance, and at a service that
 * hears of it from that instance's feed.
 * @param {Bench} bench
 * @returns {Promise<Figure[]>}
 */
export async function revocation(bench) {
  const database = await bench.database('revocation');
  if (database === undefined) return [];
  const { issuer, service } = await issuerAndService();
  // What a hash costs is measured elsewhere.
  const environment = { ...unlimited(bench), ...issuer, DATABASE_URL: database, BCRYPT_COST: '4' };
  const there = await startLatchkey(environment);
  const here = await startLatchkey({ ...environment, PORT: '0' });
  const other = await startBaseline('resource-server', service);
  try {
    const { accessToken } = await register(here.url);
    /** @type {Target[]} */
    const targets = [
      { name: 'the other instance', url: `${there.url}/api/auth/verify` },
      { name: 'a resource server', url: `${other.url}/profile` },
    ];
    await Promise.all(targets.map(({ url }) => until(url, accessToken, 200)));

    const quiet = await rounds(bench, 'quiet', () => logouts(here.url, targets));
    const loaded = await rounds(bench, 'under load', () =>
      underLoad(targets, accessToken, () => logouts(here.url, targets)),
    );
    return [
      ...figuresOf(targets, quiet, [50, 99], ''),
      ...figuresOf(targets, loaded, [99], ', both under load'),
    ];
  } finally {
    await other.stop();
    await Promise.all([here.stop(), there.stop()]);
  }
}

/** @typedef {Map<Place, number[]>} Delays milliseconds, one a logout */

/** @param {Bench} bench @param {string} name @param {() => Promise<Delays>} measure @returns {Promise<Delays[]>} */
async function rounds(bench, name, measure) {
  /** @type {Delays[]} */
  const results = [];
  for (let round = 1; round <= bench.rounds; round += 1) {
    const delays = await measure();
    results.push(delays);
    const text = [...delays].map(([place, of]) => `${place} ${percentile(of, 99).toFixed(1)} ms`).join(', ');
    bench.progress(`  round ${round} of ${bench.rounds}: ${LOGOUTS} logouts, ${name}, p99: ${text}`);
  }
  return results;
}

/** @param {string} here @param {Target[]} targets @returns {Promise<Delays>} */
async function logouts(here, targets) {
  /** @type {Delays} */
  const delays = new Map(targets.map(({ name }) => [name, []]));
  for (let logout = 0; logout < LOGOUTS; logout += 1) {
    const { accessToken: token } = await logIn(here);
    await Promise.all(targets.map(({ url }) => until(url, token, 200)));
    const status = await statusOf(`${here}/api/auth/logout`, { method: 'POST', token });
    if (status !== 204) throw new Error(`logout answered ${status}`);
    const startedAt = performance.now();
    await Promise.all(
      targets.map(async ({ name, url }) => {
        await until(url, token, 401);
        delays.get(name)?.push(performance.now() - startedAt);
      }),
    );
  }
  return delays;
}

/** Asks as fast as it is answered. @param {string} url @param {string} token @param {200 | 401} status any success, or that */
async function until(url, token, status) {
  const startedAt = performance.now();
  for (;;) {
    const answered = await statusOf(url, { token });
    if (answered === status || (status === 200 && answered === 204)) return;
    if (performance.now() - startedAt > GIVEN_UP)
      throw new Error(`${url} still answers ${answered}, not ${status}`);
  }
}

/**
 * Measures while both are asked as fast as they answer.
 * @template Result
 * @param {Target[]} targets
 * @param {string} token
 * @param {() => Promise<Result>} measure
 */
async function underLoad(targets, token, measure) {
  let over = false;
  const headers = { authorization: `Bearer ${token}` };
  const loads = targets.map(async ({ url }) => {
    while (!over) await load(url, { headers, seconds: 1 });
  });
  try {
    return await measure();
  } finally {
    over = true;
    await Promise.all(loads);
  }
}

/** @param {Target[]} targets @param {Delays[]} results @param {number[]} percentiles @param {string} state @returns {Figure[]} */
function figuresOf(targets, results, percentiles, state) {
  return targets.flatMap(({ name }) =>
    percentiles.map((percent) =>
      figure(
        PART,
        `a logout is known to ${name}, p${percent} of ${LOGOUTS}${state}`,
        'milliseconds',
        results.map((delays) => percentile(delays.get(name) ?? [], percent)),
        { goal: { atMost: 1_000 } },
      ),
    ),
  );
}
