// npm run admin-lists: how long a page of users takes among a million of them, for each question in each order. See docs/benchmarks.md.
// Without HTTP: what the database does, and what it takes to ask it. With `-- --http`: over loopback, from a server in a process of its own.
import { importBuilt } from './support/application.js';
import { BackendTime } from './support/backend-time.js';
import { Bench } from './support/bench.js';
import { QUESTIONS, seedListedUsers } from './support/listed-users.js';
import { listsOverHttp } from './support/lists-over-http.js';
import { describeMachine } from './support/machine.js';
import { percentile } from './support/statistics.js';

/** @typedef {typeof import('../src/database/open-database.js')} OpenDatabase */
/** @typedef {typeof import('../src/database/migrations.js')} Migrations */
/** @typedef {typeof import('../src/users/list-users.js')} ListUsers */

/** @import { UserFilter, UserListQuery } from '../src/index.js' */
/** @typedef {Pick<UserListQuery, 'sort' | 'descending' | 'limit'>} Asked */
/** @typedef {{ wall: number, backend: number, trip: number, short: boolean }} Page */

const USERS = Number(process.env['LISTS_USERS'] ?? 1_000_000);
/** Of each question in each order: so many times the first page and the one after it. */
const TRIES = Number(process.env['LISTS_TRIES'] ?? 10);
const OVER_HTTP = process.argv.includes('--http');
const LIMIT = 50;
/** In milliseconds, of 95 in 100. */
const GOAL = 50;
const ORDERS = /** @type {const} */ (['createdAt', 'email', 'lastLoginAt']).flatMap((sort) =>
  [true, false].map((descending) => ({ sort, descending })),
);

/**
 * @template Place
 * @param {(query: UserFilter & Asked & { after?: Place }) => Promise<{ users: readonly unknown[], next: Place | undefined }>} list
 * @param {BackendTime} backends
 */
async function measure(list, backends) {
  /** @type {[string, Page[]][]} */
  const measured = [];
  for (const [name, filter] of Object.entries(QUESTIONS)) {
    /** @type {Page[]} */
    const pages = [];
    for (const order of ORDERS) {
      for (let turn = 0; turn < TRIES; turn += 1) {
        /** @type {Place | undefined} */
        let after;
        for (let page = 0; page < 2 && (page === 0 || after); page += 1) {
          const trip = await backends.roundTrip();
          await backends.look();
          const before = backends.milliseconds();
          const startedAt = performance.now();
          const { users, next } = await list({
            ...filter,
            ...order,
            limit: LIMIT,
            ...(after !== undefined && { after }),
          });
          const wall = performance.now() - startedAt;
          const backend = backends.milliseconds() - before;
          after = next;
          const short = users.length < LIMIT && after !== undefined;
          pages.push({ wall, backend, trip, short });
        }
      }
    }
    measured.push([name, pages]);
    process.stdout.write(`${row(name, pages)}\n`);
  }
  const all = measured.flatMap(([, pages]) => pages);
  process.stdout.write(`${row('all of them', all)}\n`);
  const trips = [50, 95, 99].map((percent) =>
    percentile(
      all.map(({ trip }) => trip),
      percent,
    ).toFixed(2),
  );
  process.stdout.write(`| \`select 1\` in between | ${trips.join(' | ')} | | | | |\n`);
  return measured;
}

/** @param {string} name @param {readonly Page[]} pages */
function row(name, pages) {
  const of = (/** @type {'wall' | 'backend'} */ what) =>
    [50, 95, 99].map((percent) =>
      percentile(
        pages.map((page) => page[what]),
        percent,
      ).toFixed(1),
    );
  return `| ${[name, ...of('wall'), ...of('backend'), pages.filter(({ short }) => short).length].join(' | ')} |`;
}

const bench = new Bench({ seconds: 1, large: false });
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
process.once('exit', () => bench.removeFiles());
try {
  // One that is kept is filled once.
  const url = process.env['LISTS_DATABASE_URL'] ?? (await bench.database('lists of users'));
  if (url !== undefined) {
    const { openDatabase } = /** @type {OpenDatabase} */ (await importBuilt('database/open-database.js'));
    const { MIGRATIONS_FOLDER } = /** @type {Migrations} */ (await importBuilt('database/migrations.js'));
    const { listUsers } = /** @type {ListUsers} */ (await importBuilt('users/list-users.js'));
    const connection = await openDatabase({ url, poolMax: 2, directory: '', schema: undefined });
    const backends = new BackendTime(url);
    try {
      await connection.migrate(MIGRATIONS_FOLDER);
      await backends.open();
      /** @param {UserListQuery} query */
      const list = (query) => listUsers(connection.db, query);
      if ((await list({ sort: 'email', descending: false, limit: 1 })).users.length === 0) {
        bench.progress(`making ${USERS.toLocaleString('en')} users`);
        await seedListedUsers(url, USERS);
      }
      const { cores, model, node } = describeMachine();
      process.stdout.write(
        `${new Date().toISOString().slice(0, 10)}, ${model}, ${cores} cores, Node ${node}; milliseconds of a page of ${LIMIT}, ` +
          `first and second ones in six orders, ${TRIES} times each, ${OVER_HTTP ? 'over HTTP' : 'without HTTP'}; by the clock, and of a ` +
          'processor in PostgreSQL.\n\n' +
          '| question | p50 | p95 | p99 | processor p50 | p95 | p99 | short pages |\n' +
          `|${' --- |'.repeat(8)}\n`,
      );
      const http = OVER_HTTP ? await listsOverHttp(bench, url) : undefined;
      const measured = await (http ? measure(http.list, backends) : measure(list, backends));
      await http?.stop();
      const missed = measured.filter(
        ([, pages]) =>
          percentile(
            pages.map(({ wall }) => wall),
            95,
          ) > GOAL,
      );
      process.stdout.write(
        `\np95 <= ${GOAL} ms by the clock: ${missed.length === 0 ? 'met by all' : `missed by ${missed.length} of ${measured.length}`}\n`,
      );
      if (missed.length > 0) process.exitCode = 1;
    } finally {
      await backends.close();
      await connection.close();
    }
  }
} finally {
  await bench.close();
}
