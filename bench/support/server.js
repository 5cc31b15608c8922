import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/**
 * A server under test, in a process of its own.
 * @typedef {{ url: string, pid: number, readyMs: number, stop(): Promise<void> }} RunningServer
 */

/**
 * Starts a script and waits for the URL it prints.
 * @param {string} script
 * @param {Record<string, string>} environment
 * @returns {Promise<RunningServer>}
 */
export async function startServer(script, environment = {}) {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [script], {
    env: { PATH: process.env['PATH'], PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let output = '';
  const url = await new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      const match = /ready[\s\S]*?(http:\/\/\S+)/i.exec(output);
      if (match?.[1]) resolve(match[1]);
    });
    void exited.then(() => reject(new Error(`${script} ended before it was ready:\n${output}`)));
  });
  return {
    url,
    pid: child.pid ?? 0,
    readyMs: performance.now() - startedAt,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** Resident memory in MB (Linux). @param {number} pid */
export function residentMegabytes(pid) {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}
