import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { findInDirectory, findOnPath } from './find-on-path.js';
import { freePort } from './free-port.js';
import { startProcess, stop, untilItAnswers } from './server-process.js';
import { makeTemporaryDirectory } from './temporary-directory.js';
import { unprivilegedUser } from './unprivileged-user.js';

/** @import { Service } from './service.js' */

/** @returns {Promise<Service>} */
export async function findPgbouncer() {
  const file = (findOnPath('pgbouncer') ?? findInDirectory('/usr/sbin', ['pgbouncer']))?.pgbouncer;
  if (!file) return { missing: 'PgBouncer (no pgbouncer found)' };
  const { stdout } = await promisify(execFile)(file, ['--version']);
  return { found: `PgBouncer ${/[\d.]+/.exec(stdout)?.[0] ?? ''} (${file})`, value: file };
}

/**
 * A pooler before a database, with the settings of its own that Debian leaves as they are: it refuses startup parameters
 * that it does not know, and gives each transaction another connection.
 * @param {string} binary
 * @param {string} target URL of the database
 * @param {'transaction' | 'session'} mode
 */
export async function startPgbouncer(binary, target, mode) {
  const user = unprivilegedUser();
  const directory = makeTemporaryDirectory('pgbouncer', user);
  const { hostname, port: targetPort, username, password, pathname } = new URL(target);
  const port = await freePort();
  const file = join(directory, 'pgbouncer.ini');
  const lines = [
    '[databases]',
    `${pathname.slice(1)} = host=${hostname} port=${targetPort} user=${username} password=${password}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    `pool_mode = ${mode}`,
    'default_pool_size = 4',
  ];
  writeFileSync(file, lines.join('\n'), { mode: 0o644 });
  // It ends at once on SIGTERM, and waits for its clients on SIGINT.
  const server = startProcess({ name: 'pgbouncer', command: binary, args: [file], directory, user });
  const url = `postgres://${username}@127.0.0.1:${port}${pathname}`;
  await untilItAnswers(server, async () => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    await client.connect();
    await client.end();
  });
  return { url, stop: () => stop(server) };
}
