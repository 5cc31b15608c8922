import { figure } from '../support/figures.js';
import { logIn, register, startLatchkey, unlimited } from '../support/latchkey.js';
import { load } from '../support/load.js';
import { interleaved, roundsOf } from '../support/rounds.js';

/** @import { Bench } from '../support/bench.js' */
/** @import { Figure } from '../support/figures.js' */

const PART = 'two-instances';
const LOGOUTS = 9;

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
    /** @param {string} server @param {number} seconds */
    const guarded = (server, seconds) => load(`${server}/api/auth/verify`, { headers, seconds });
    const results = await interleaved(
      bench,
      {
        'one instance': async (seconds) => (await guarded(here.url, seconds)).perSecond,
        'two instances': async (seconds) => {
          const both = await Promise.all([guarded(here.url, seconds), guarded(there.url, seconds)]);
          return both.reduce((sum, { perSecond }) => sum + perSecond, 0);
        },
      },
      (perSecond) => `${Math.round(perSecond)}/s`,
    );
    /** @param {string} name */
    const rates = (name) => roundsOf(results, name, (perSecond) => perSecond);
    return [
      figure(PART, 'guarded requests, two instances at once', 'perSecond', rates('two instances'), {
        baseline: { name: 'one instance', rounds: rates('one instance') },
      }),
      await logoutElsewhere(bench, here.url, there.url),
    ];
  } finally {
    await Promise.all([here.stop(), there.stop()]);
  }
}

/**
 * How long a token still opens the other instance's doors after its logout was answered here.
 * @param {Bench} bench
 * @param {string} here
 * @param {string} there
 */
async function logoutElsewhere(bench, here, there) {
  /** @type {number[]} */
  const delays = [];
  for (let logout = 0; logout < LOGOUTS; logout += 1) {
    const { accessToken } = await logIn(here);
    const headers = { authorization: `Bearer ${accessToken}` };
    if (!(await fetch(`${there}/api/auth/verify`, { headers })).ok)
      throw new Error('The other instance refuses a live token.');
    const answer = await fetch(`${here}/api/auth/logout`, { method: 'POST', headers });
    if (!answer.ok) throw new Error(`logout answered ${answer.status}`);
    const startedAt = performance.now();
    while ((await fetch(`${there}/api/auth/verify`, { headers })).ok) {
      if (performance.now() - startedAt > 30_000) throw new Error('The other instance never heard of it.');
    }
    delays.push(performance.now() - startedAt);
  }
  bench.progress(`  logouts known elsewhere after ${delays.map((delay) => delay.toFixed()).join(', ')} ms`);
  return figure(PART, 'a logout is known to the other instance after', 'milliseconds', delays, {
    goal: { atMost: 1_000 },
  });
}
