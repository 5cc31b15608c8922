import autocannon from 'autocannon';
import { findWrk, loadWithWrk } from './wrk.js';

/**
 * @typedef {object} Load latencies in milliseconds
 * @property {number} perSecond
 * @property {number} p50
 * @property {number} p99
 * @property {{ refused: number, errors: number, timeouts: number }} failures `refused` are answers that are not 2xx
 */

const CONNECTIONS = 32;
const WRK = findWrk();

/** What makes the load, for the report. */
export const GENERATOR = WRK ? 'wrk' : 'autocannon';

/**
 * Keep-alive connections that ask as fast as they are answered.
 * @param {string} url
 * @param {{ headers?: Record<string, string>, seconds: number }} options
 * @returns {Promise<Load>}
 */
export async function load(url, { headers = {}, seconds }) {
  if (WRK) return succeeded(await loadWithWrk(WRK, url, { headers, seconds, connections: CONNECTIONS }));
  return succeeded(
    asLoad(await autocannon({ url, connections: CONNECTIONS, duration: Math.ceil(seconds), headers })),
  );
}

/**
 * The same with many tokens, which the connections share out among themselves and go through again and again. Always
 * with autocannon.
 * @param {string} url
 * @param {{ tokens: readonly string[], seconds?: number, amount?: number }} options
 * @returns {Promise<Load>}
 */
export async function loadOfTokens(url, { tokens, seconds, amount }) {
  const share = Math.ceil(tokens.length / CONNECTIONS);
  let connected = 0;
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    ...(seconds !== undefined && { duration: Math.ceil(seconds) }),
    ...(amount !== undefined && { amount }),
    setupClient: (client) => {
      const mine = tokens.slice(connected * share, (connected + 1) * share);
      connected = (connected + 1) % CONNECTIONS;
      client.setRequests(mine.map((token) => ({ headers: { authorization: `Bearer ${token}` } })));
    },
  });
  return succeeded(asLoad(result));
}

/** @param {autocannon.Result} result @returns {Load} */
function asLoad(result) {
  return {
    perSecond: result['2xx'] / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    // Of autocannon, timeouts are errors, too.
    failures: {
      refused: result.non2xx,
      errors: result.errors - result.timeouts,
      timeouts: result.timeouts,
    },
  };
}

/** @param {Load} result */
function succeeded(result) {
  const failures = Object.entries(result.failures).filter(([, count]) => count > 0);
  if (failures.length === 0) return result;
  const counted = failures.map(([kind, count]) => `${count} ${kind}`).join(', ');
  throw new Error(`Requests failed (${counted}): the figures mean nothing`);
}
