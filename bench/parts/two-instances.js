import { figure } from '../support/figures.js';
import { register, startLatchkey, unlimited } from '../support/latchkey.js';
import { load } from '../support/load.js';
import { withProcessorTime } from '../support/processor-time.js';
import { interleaved, roundsOf } from '../support/rounds.js';

/** @import { Bench } from '../support/bench.js' */
/** @import { Figure } from '../support/figures.js' */
/** @import { RunningServer } from '../support/server.js' */

const PART = 'two-instances';
const ONE = 'one instance';
const TWO = 'two instances';

/** Two servers on one PostgreSQL. @param {Bench} bench @returns {Promise<Figure[]>} */
export async function twoInstances(bench) {
  const url = await bench.database('two instances');
  if (url === undefined) return [];
  const environment = { ...unlimited(bench), DATABASE_URL: url, PUBLIC_URL: 'http://localhost' };
  const here = await startLatchkey(environment);
  const there = await startLatchkey(environment);
  try {
    const { accessToken } = await register(here.url);
    const headers = { authorization: `Bearer ${accessToken}` };
    /** @param {RunningServer[]} servers */
    const guarded = (servers) => (/** @type {number} */ seconds) =>
      withProcessorTime(servers, seconds, async () => {
        const loads = servers.map((server) => load(`${server.url}/api/auth/verify`, { headers, seconds }));
        return { perSecond: (await Promise.all(loads)).reduce((sum, { perSecond }) => sum + perSecond, 0) };
      });
    const results = await interleaved(
      bench,
      { [ONE]: guarded([here]), [TWO]: guarded([here, there]) },
      ({ perSecond, microseconds }) => `${Math.round(perSecond)}/s, ${microseconds.toFixed(1)} µs each`,
    );
    return figuresOf(results);
  } finally {
    await Promise.all([here.stop(), there.stop()]);
  }
}

/** @param {Map<string, { perSecond: number, microseconds: number }[]>} results @returns {Figure[]} */
function figuresOf(results) {
  /** @param {string} name */
  const rates = (name) => roundsOf(results, name, ({ perSecond }) => perSecond);
  /** A second of the servers' processor time, and not of the load generators', which have the same cores. @param {string} name */
  const perCore = (name) => roundsOf(results, name, ({ microseconds }) => 1e6 / microseconds);
  return [
    figure(PART, 'guarded requests, two instances at once', 'perSecond', rates(TWO), {
      baseline: { name: ONE, rounds: rates(ONE) },
    }),
    ...(perCore(ONE).some(Number.isNaN)
      ? []
      : [
          figure(PART, 'guarded requests per core of the servers, two instances', 'perSecond', perCore(TWO), {
            baseline: { name: ONE, rounds: perCore(ONE) },
            goal: { atLeast: 0.95 },
          }),
        ]),
  ];
}
