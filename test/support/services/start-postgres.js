import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './free-port.js';
import { findPostgresBinaries } from './postgres-binaries.js';
import { killProcess, startProcess, stop, untilDone, untilItAnswers } from './server-process.js';
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
  const { binaries, ...place } = await findPlace();
  const { origin } = binaries;
  return { ...(await startServer({ ...place, binaries, ...(await makeCluster(place, binaries)) })), origin };
}

/** A primary, and a standby that follows it: a copy of its files, made before they were ever written to. */
export async function startPostgresPair() {
  const { binaries, ...place } = await findPlace();
  const { data, password } = await makeCluster(place, binaries);
  const copy = `${data}-of-standby`;
  await promisify(execFile)('cp', ['-a', data, copy]);
  writeFileSync(join(copy, 'standby.signal'), '');

  const primary = await startServer({ ...place, binaries, data, password });
  const settings = { primary_conninfo: primary.url };
  const standby = await startServer({ ...place, binaries, data: copy, password, settings });
  return { primary, standby };
}

async function findPlace() {
  try {
    const user = unprivilegedUser();
    const directory = makeTemporaryDirectory('postgres', user);
    return { user, directory, binaries: await findPostgresBinaries(directory, user) };
  } catch (error) {
    throw new NoPostgresError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** @typedef {{ user: User | undefined, directory: string }} Place */

/**
 * @param {Place} place
 * @param {Binaries} binaries
 */
async function makeCluster({ user, directory }, { initdb }) {
  const data = join(makeTemporaryDirectory('postgres-data', user, databasesParent()), 'data');
  // Other users of this machine can reach the port, and a superuser can run programs.
  const password = randomBytes(16).toString('hex');
  const passwordFile = join(directory, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) chownSync(passwordFile, user.uid, user.gid);

  const args = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  args.push('--encoding=UTF8', '--no-locale', '--no-sync', `--pgdata=${data}`);
  await untilDone(startProcess({ name: 'initdb', command: initdb, args, directory, user }));
  return { data, password };
}

/** @param {Place & { binaries: Binaries, data: string, password: string, settings?: Record<string, string> }} options */
async function startServer({ user, directory, binaries, data, password, settings: others = {} }) {
  const port = await freePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: directory,
    max_connections: 200,
    // The tests kill processes, never the machine, so nothing is lost by leaving the disk to the kernel.
    fsync: 'off',
    // In its own directory: a server that is killed leaves what it has in /dev/shm behind.
    dynamic_shared_memory_type: 'mmap',
    ...others,
  };
  const args = ['-D', data, '-p', String(port)];
  for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`);
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const start = async () => {
    // SIGQUIT is PostgreSQL's immediate shutdown: it waits for no client, and its data is thrown away anyway.
    const server = startProcess({
      name: 'postgres',
      command: binaries.postgres,
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
    /** @param {string[]} statements each for itself, by its superuser */
    run: async (...statements) => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      for (const statement of statements) await client.query(statement);
      await client.end();
    },
    /** As a crash of all its processes does: those of its connections end with it, with nothing said to clients. */
    crash: () => stop(server),
    /** As the kernel ends it when memory is short: the others of its processes notice, and end. */
    kill: () => killProcess(server),
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
