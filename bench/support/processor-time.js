import { load } from './load.js';
import { processorSeconds } from './server.js';

/** @import { Load } from './load.js' */
/** @import { RunningServer } from './server.js' */
/** @typedef {Load & { microseconds: number }} MeasuredLoad `microseconds` of processor time that the servers took a request; NaN where the system does not say */

/**
 * @template {{ perSecond: number }} Result
 * @param {RunningServer[]} servers that share the requests
 * @param {number} seconds that it is measured
 * @param {() => Promise<Result>} measure
 * @returns {Promise<Result & { microseconds: number }>}
 */
export async function withProcessorTime(servers, seconds, measure) {
  const used = () => servers.reduce((sum, { pid }) => sum + processorSeconds(pid), 0);
  const before = used();
  const result = await measure();
  return { ...result, microseconds: ((used() - before) * 1e6) / (result.perSecond * Math.ceil(seconds)) };
}

/** @param {RunningServer} server @param {string} url @param {string} token */
export function withToken(server, url, token) {
  const headers = { authorization: `Bearer ${token}` };
  /** @param {number} seconds @returns {Promise<MeasuredLoad>} */
  return (seconds) => withProcessorTime([server], seconds, () => load(url, { headers, seconds }));
}
