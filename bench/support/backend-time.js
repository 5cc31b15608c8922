import { readFileSync } from 'node:fs';
import pg from 'pg';

/** Watches the processes that PostgreSQL has for the connections of a database on this machine. */
export class BackendTime {
  #client;
  /** @type {number[]} */
  #pids = [];

  /** @param {string} url */
  constructor(url) {
    this.#client = new pg.Client({ connectionString: url });
  }

  async open() {
    await this.#client.connect();
  }

  /** How long a statement takes that does nothing, in milliseconds. */
  async roundTrip() {
    const startedAt = performance.now();
    await this.#client.query('select 1');
    return performance.now() - startedAt;
  }

  /** Finds the processes of the other connections. */
  async look() {
    const { rows } = await this.#client.query(
      'select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    this.#pids = rows.map(({ pid }) => pid);
  }

  /** What they have used of a processor, in milliseconds; NaN where the system does not say (Linux does). */
  milliseconds() {
    return this.#pids.reduce((sum, pid) => sum + ofProcess(pid), 0);
  }

  async close() {
    await this.#client.end();
  }
}

/** @param {number} pid */
function ofProcess(pid) {
  try {
    const [nanoseconds] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ');
    return Number(nanoseconds) / 1e6;
  } catch {
    return Number.NaN;
  }
}
