import { randomBytes } from 'node:crypto';
import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from './free-port.js';
import { findPostgresBinaries } from './postgres-binaries.js';
import { startProcess, stop, untilDone, untilItAnswers } from './server-process.js';
import { databasesParent, makeTemporaryDirectory } from './temporary-directory.js';
import { unprivilegedUser } from './unprivileged-user.js';

/** @import { Service } from './service.js' */
/** @import { Binaries } from './postgres-binaries.js' */
/** @import { User } from './unprivileged-user.js' */

/** @returns {Promise<Service>} */
export async function startPostgres() {
  const given = process.env['TEST_DATABASE_URL'];
  if (given) return { found: await describeGiven(given), value: given };

  try {
    const { url, version, origin } = await startPostgresServer();
    return { found: `PostgreSQL ${version} (${origin})`, value: url };
  } catch (error) {
    if (!(error instanceof NoPostgresError)) throw error;
    return { missing: `PostgreSQL (${error.message}; set TEST_DATABASE_URL)` };
  }
}

class NoPostgresError extends Error {}

/** A server of its own. Can be killed, and started again on what it has written. */
export async function startPostgresServer() {
  let user;
  let directory;
  let binaries;
  try {
    user = unprivilegedUser();
    directory = makeTemporaryDirectory('postgres', user);
    binaries = await findPostgresBinaries(directory, user);
  } catch (error) {
    throw new NoPostgresError(error instanceof Error ? error.message : String(error), { cause: error });
  }
  const { origin } = binaries;
  return { ...(await startServer(binaries, directory, user)), origin };
}

/**
 * @param {Binaries} binaries
 * @param {string} directory
 * @param {User | undefined} user
 */
async function startServer({ initdb, postgres }, directory, user) {
  const data = join(makeTemporaryDirectory('postgres-data', user, databasesParent()), 'data');
  // Other users of this machine can reach the port, and a superuser can run programs.
  const password = randomBytes(16).toString('hex');
  const passwordFile = join(directory, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) chownSync(passwordFile, user.uid, user.gid);

  const initdbArgs = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  initdbArgs.push('--encoding=UTF8', '--no-locale', '--no-sync', `--pgdata=${data}`);
  await untilDone(startProcess({ name: 'initdb', command: initdb, args: initdbArgs, directory, user }));

  const port = await freePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: directory,
    max_connections: 200,
    // The tests kill processes, never the machine, so nothing is lost by leaving the disk to the kernel.
    fsync: 'off',
  };
  const args = ['-D', data, '-p', String(port)];
  for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`);
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const start = async () => {
    // SIGQUIT is PostgreSQL's immediate shutdown: it waits for no client, and its data is thrown away anyway.
    const server = startProcess({
      name: 'postgres',
      command: postgres,
      args,
      directory,
      user,
      stopSignal: 'SIGQUIT',
    });
    return { server, version: await untilItAnswers(server, () => askVersion(url)) };
  };
  let { server, version } = await start();
  return {
    url,
    version,
    /** As a crash of all its processes does: those of its connections end with it, with nothing said to clients. */
    crash: () => stop(server),
    startAgain: async () => {
      ({ server, version } = await start());
    },
    stop: () => stop(server),
  };
}

/** @param {string} url */
async function describeGiven(url) {
  try {
    return `PostgreSQL ${await askVersion(url)} (TEST_DATABASE_URL)`;
  } catch (error) {
    throw new Error(`The server of TEST_DATABASE_URL cannot be used: ${String(error)}`, { cause: error });
  }
}

/** @param {string} url */
async function askVersion(url) {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    const { rows } = await client.query("SELECT current_setting('server_version') AS version");
    return String(rows[0].version).split(' ')[0];
  } finally {
    await client.end().catch(() => {});
  }
}
