import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findOnPath } from '../../test/support/services/find-on-path.js';

/** @import { Load } from './load.js' */

/** As long as autocannon waits. wrk's own two seconds are short for the slowest baselines on a machine with other load. */
const TIMEOUT_SECONDS = 10;

export function findWrk() {
  return findOnPath('wrk')?.wrk;
}

/**
 * @param {string} wrk its path
 * @param {string} url
 * @param {{ headers: Record<string, string>, seconds: number, connections: number }} options
 */
export async function loadWithWrk(wrk, url, { headers, seconds, connections }) {
  const args = [
    '--threads=1',
    `--connections=${connections}`,
    `--duration=${Math.ceil(seconds)}s`,
    `--timeout=${TIMEOUT_SECONDS}s`,
    '--latency',
  ];
  for (const [name, value] of Object.entries(headers)) args.push('--header', `${name}: ${value}`);
  const { stdout } = await promisify(execFile)(wrk, [...args, url]);
  return readWrkOutput(stdout);
}

/** @param {string} output @returns {Load} */
export function readWrkOutput(output) {
  /** @param {RegExp} pattern */
  const count = (pattern) => Number(pattern.exec(output)?.[1] ?? 0);
  const [, connect, read, write, timeout] =
    /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(output) ?? [];
  const socketErrors = [connect, read, write].reduce((sum, value) => sum + Number(value ?? 0), 0);
  const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]);
  if (Number.isNaN(perSecond)) throw new Error(`wrk said nothing that can be read:\n${output}`);
  return {
    perSecond,
    p50: milliseconds(output, '50%'),
    p99: milliseconds(output, '99%'),
    failures: {
      refused: count(/Non-2xx or 3xx responses: (\d+)/),
      errors: socketErrors,
      timeouts: Number(timeout ?? 0),
    },
  };
}

const MILLISECONDS = { us: 0.001, ms: 1, s: 1_000, m: 60_000 };

/** @param {string} output @param {string} which */
function milliseconds(output, which) {
  const [, value, unit] = new RegExp(`^\\s+${which}\\s+([\\d.]+)(us|ms|s|m)$`, 'm').exec(output) ?? [];
  return Number(value) * MILLISECONDS[/** @type {keyof typeof MILLISECONDS} */ (unit)];
}
