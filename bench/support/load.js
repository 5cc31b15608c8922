import autocannon from 'autocannon';

/**
 * @typedef {{ requestsPerSecond: number, p50: number, p99: number, failures: number }} Load
 */

/**
 * Keep-alive connections that ask as fast as they are answered. Latencies in milliseconds.
 * @param {string} url
 * @param {{ token?: string, seconds: number, connections?: number, method?: 'GET' | 'POST', json?: unknown }} options
 * @returns {Promise<Load>}
 */
export async function load(url, { token, seconds, connections = 32, method = 'GET', json }) {
  const result = await autocannon({
    url,
    method,
    connections,
    duration: seconds,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(json !== undefined && { 'content-type': 'application/json' }),
    },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  });
  return {
    requestsPerSecond: result.requests.average,
    p50: result.latency.p50,
    p99: result.latency.p99,
    failures: result.non2xx + result.errors + result.timeouts,
  };
}

/** @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
