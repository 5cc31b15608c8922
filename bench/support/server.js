import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * A server under test, in a process of its own.
 * @typedef {object} RunningServer
 * @property {string} url
 * @property {number} pid
 * @property {number} readyMs
 * @property {Promise<string>} exited how it ended, once it has
 * @property {() => Promise<void>} stop
 */

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
// None outlives a run that is cut short.
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Ticks of the kernel's clock a second: 100 wherever Linux runs Node. */
const TICKS = 100;

/**
 * A baseline, as its users run it in production.
 * @param {string} name of the file in bench/servers
 * @param {Record<string, string>} [environment]
 */
export async function startBaseline(name, environment = {}) {
  const script = fileURLToPath(new URL(`../servers/${name}.js`, import.meta.url));
  return startServer(script, { NODE_ENV: 'production', ...environment });
}

/**
 * Starts a script and waits for the URL it prints.
 * @param {string} script
 * @param {Record<string, string>} environment all that the process gets, but for PATH
 * @returns {Promise<RunningServer>}
 */
export async function startServer(script, environment) {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [script], {
    env: { PATH: process.env['PATH'], PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit').then(([code, signal]) => String(signal ?? `exit code ${code}`));
  let output = '';
  /** @type {string} */
  const url = await new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      output += String(chunk);
      const match = /ready[\s\S]*?(http:\/\/[^\s"]+)/i.exec(output);
      if (match?.[1]) resolve(match[1]);
    });
    void exited.then(() => reject(new Error(`${script} ended before it was ready:\n${output}`)));
  });
  // What it logs from here on is let go unread: looking at all of it, again at each line, took ever more of the load generator's time.
  child.stdout.removeAllListeners('data').resume();
  const readyMs = performance.now() - startedAt;
  running.add(child);
  void exited.then(() => running.delete(child));
  return {
    url,
    pid: child.pid ?? 0,
    readyMs,
    exited,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** Resident memory in MB. @param {number} pid */
export function residentMegabytes(pid) {
  const kilobytes = execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
  return Number(kilobytes) / 1024;
}

/** The processor time that a process has used, in seconds; NaN where the system does not say (Linux does). @param {number} pid */
export function processorSeconds(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return Number.NaN;
  }
}
