import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { dirname } from 'node:path';
import { findInDirectory, findOnPath } from './find-on-path.js';
import { freePort } from './free-port.js';
import { startProcess, stop, untilItAnswers } from './server-process.js';

/** @import { Service } from './service.js' */

/** The server; `promtool` is beside it. @returns {Promise<Service>} */
export async function findPrometheus() {
  const file = (
    findOnPath('prometheus', 'promtool') ?? findInDirectory('/usr/bin', ['prometheus', 'promtool'])
  )?.prometheus;
  if (!file) return { missing: 'Prometheus (no prometheus and promtool found)' };
  const { stdout, stderr } = await promisify(execFile)(file, ['--version']);
  return {
    found: `Prometheus ${/version ([\d.]+)/.exec(stdout + stderr)?.[1] ?? ''} (${file})`,
    value: file,
  };
}

/**
 * @param {string} binary
 * @param {string} configuration its file
 */
export async function startPrometheus(binary, configuration) {
  const directory = dirname(configuration);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = [
    `--config.file=${configuration}`,
    `--storage.tsdb.path=${directory}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const server = startProcess({ name: 'prometheus', command: binary, args, directory });
  await untilItAnswers(server, async () => {
    const { ok } = await fetch(`${url}/-/ready`);
    if (!ok) throw new Error('not ready');
  });
  return { url, stop: () => stop(server) };
}
