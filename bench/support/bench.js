import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres } from '../../test/support/services/start-postgres.js';
import { startRedis } from '../../test/support/services/start-redis.js';
import { stopProcesses } from '../../test/support/services/server-process.js';
import { removeTemporaryDirectories } from '../../test/support/services/temporary-directory.js';

/** @import { Service } from '../../test/support/services/service.js' */

/** What a part is given: how to measure, and the servers of this run, started when first asked for. */
export class Bench {
  /** Each figure is the median of so many. */
  rounds = 3;
  directory = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
  /** One for all, so that several may open the same database. */
  appSecret = randomBytes(32).toString('base64');
  /** What could not be measured, and why. @type {string[]} */
  skipped = [];
  /** @type {Promise<Service> | undefined} */
  #postgres;
  /** @type {Promise<Service> | undefined} */
  #redis;
  /** @type {string[]} */
  #databases = [];

  /** @param {{ seconds: number, large: boolean }} options `seconds` a round */
  constructor({ seconds, large }) {
    this.seconds = seconds;
    this.large = large;
  }

  /** @param {string} text */
  progress(text) {
    process.stderr.write(`${text}\n`);
  }

  /** @param {string} what @param {string} why */
  skip(what, why) {
    this.skipped.push(`${what}: ${why}`);
    this.progress(`  skipped: ${what}: ${why}`);
  }

  /** A fresh PostgreSQL database. @param {string} what is skipped without one @returns {Promise<string | undefined>} its URL */
  async database(what) {
    const server = await (this.#postgres ??= startPostgres());
    if (!('value' in server)) {
      this.skip(what, `no ${server.missing}`);
      return undefined;
    }
    const name = `latchkey_bench_${randomBytes(4).toString('hex')}`;
    await runStatement(server.value, `create database ${name}`);
    this.#databases.push(name);
    const url = new URL(server.value);
    url.pathname = `/${name}`;
    return url.href;
  }

  /** @param {string} what is skipped without it @returns {Promise<string | undefined>} its URL */
  async redis(what) {
    const server = await (this.#redis ??= startRedis());
    if ('value' in server) return server.value;
    this.skip(what, `no ${server.missing}`);
    return undefined;
  }

  async close() {
    const server = await this.#postgres;
    if (server && 'value' in server) {
      for (const name of this.#databases)
        await runStatement(server.value, `drop database if exists ${name} with (force)`);
    }
    await stopProcesses();
    removeTemporaryDirectories();
    this.removeFiles();
  }

  /** Synchronous, for the last moment of a run that is cut short. */
  removeFiles() {
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}

/** @param {string} url @param {string} statement */
async function runStatement(url, statement) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
