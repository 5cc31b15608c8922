// npm run bench: everything in one run, each figure beside its baseline, interleaved, medians. See docs/benchmarks.md.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgres } from '../test/support/services/start-postgres.js';
import { stopProcesses } from '../test/support/services/server-process.js';
import { removeTemporaryDirectories } from '../test/support/services/temporary-directory.js';
import { load, median } from './support/load.js';
import { residentMegabytes, startServer } from './support/server.js';

const ROUNDS = 3;
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 5);
const LOGIN_SECONDS = Number(process.env['BENCH_LOGIN_SECONDS'] ?? 10);
const LOGINS_AT_ONCE = 16;

const LATCHKEY = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const STOCK = fileURLToPath(new URL('servers/stock-nest.js', import.meta.url));
const UNLIMITED = { LOGIN_RATE_LIMIT: '1000000/1m', REGISTER_RATE_LIMIT: '1000000/1m' };
const ACCOUNT = { email: 'ada@example.com', password: 'correct horse battery staple' };

/** @type {{ figure: string, value: string, baseline: string, ratio: string }[]} */
const rows = [];
/** @param {string} text */
const progress = (text) => process.stderr.write(`${text}\n`);

const directory = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
try {
  await startUp();
  await guardedRequest();
  await loginsBeside();
} finally {
  rmSync(directory, { recursive: true, force: true });
}
report();

async function startUp() {
  progress('Start-up and memory …');
  /** @type {number[]} */
  const first = [];
  /** @type {number[]} */
  const later = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const environment = { DATA_DIR: join(directory, `start-${round}`) };
    for (const times of [first, later]) {
      const server = await startServer(LATCHKEY, environment);
      times.push(server.readyMs);
      await server.stop();
    }
  }
  row(
    'ready, embedded, first start',
    `${Math.round(median(first))} ms`,
    'goal 3000 ms',
    median(first) / 3000,
  );
  row(
    'ready, embedded, later starts',
    `${Math.round(median(later))} ms`,
    'goal 1000 ms',
    median(later) / 1000,
  );

  const postgres = await startPostgres();
  if (!('value' in postgres)) {
    progress(`No figures on PostgreSQL: ${postgres.missing}`);
    return;
  }
  const server = await startServer(LATCHKEY, {
    DATA_DIR: join(directory, 'pg'),
    DATABASE_URL: postgres.value,
  });
  const memory = residentMegabytes(server.pid);
  row('memory after start, PostgreSQL', `${Math.round(memory)} MB`, 'goal 150 MB', memory / 150);
  row('ready, PostgreSQL, first start', `${Math.round(server.readyMs)} ms`, '', Number.NaN);
  await server.stop();
  await stopProcesses();
  removeTemporaryDirectories();
}

async function guardedRequest() {
  progress('Guarded request against the stock tutorial stack …');
  const latchkey = await startServer(LATCHKEY, { DATA_DIR: join(directory, 'guarded'), ...UNLIMITED });
  const stock = await startServer(STOCK);
  const { accessToken } = await registered(latchkey.url);
  const stockLogin = await fetch(`${stock.url}/login`);
  const stockToken = /** @type {{ access_token: string }} */ (await stockLogin.json()).access_token;
  /** @type {number[]} */
  const ours = [];
  /** @type {number[]} */
  const theirs = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const a = await load(`${latchkey.url}/api/auth/verify`, { token: accessToken, seconds: SECONDS });
    const b = await load(`${stock.url}/profile`, { token: stockToken, seconds: SECONDS });
    failOn(a.failures + b.failures);
    // The first round warms both up.
    if (round > 0) {
      ours.push(a.requestsPerSecond);
      theirs.push(b.requestsPerSecond);
    }
  }
  await latchkey.stop();
  await stock.stop();
  const ratios = ours.map((value, round) => value / (theirs[round] ?? 1));
  row(
    'GET /api/auth/verify, ES256',
    perSecond(median(ours)),
    `stock NestJS ${perSecond(median(theirs))}`,
    median(ratios),
  );
}

async function loginsBeside() {
  progress(`Guarded requests beside ${LOGINS_AT_ONCE} logins at once …`);
  const server = await startServer(LATCHKEY, { DATA_DIR: join(directory, 'logins'), ...UNLIMITED });
  const { accessToken } = await registered(server.url);
  const guarded = () => load(`${server.url}/api/auth/verify`, { token: accessToken, seconds: LOGIN_SECONDS });
  await guarded();
  const idle = await guarded();
  const logins = load(`${server.url}/api/auth/login`, {
    method: 'POST',
    json: ACCOUNT,
    connections: LOGINS_AT_ONCE,
    seconds: LOGIN_SECONDS,
  });
  const [busy, done] = await Promise.all([guarded(), logins]);
  await server.stop();
  failOn(idle.failures + busy.failures + done.failures);
  const ratio = busy.requestsPerSecond / idle.requestsPerSecond;
  row(
    '… while 16 logins at once run',
    perSecond(busy.requestsPerSecond),
    `idle ${perSecond(idle.requestsPerSecond)}`,
    ratio,
  );
  row('… p99 of them', `${busy.p99} ms`, `idle ${idle.p99} ms`, busy.p99 / Math.max(idle.p99, 1));
  row('logins meanwhile', `${done.requestsPerSecond.toFixed(1)}/s`, '', Number.NaN);
}

/** @param {string} url @returns {Promise<{ accessToken: string }>} */
async function registered(url) {
  const response = await fetch(`${url}/api/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ACCOUNT),
  });
  if (response.status !== 201) throw new Error(`register answered ${response.status}`);
  return /** @type {any} */ (await response.json());
}

/** @param {number} failures */
function failOn(failures) {
  if (failures > 0) throw new Error(`${failures} requests failed: the figures would mean nothing`);
}

/** @param {number} rate */
function perSecond(rate) {
  return `${Math.round(rate).toLocaleString('en')}/s`;
}

/** @param {string} figure @param {string} value @param {string} baseline @param {number} ratio */
function row(figure, value, baseline, ratio) {
  rows.push({ figure, value, baseline, ratio: Number.isNaN(ratio) ? '' : `${ratio.toFixed(2)}×` });
}

function report() {
  const machine = `${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  process.stdout.write(`\n${machine}; medians of ${ROUNDS} interleaved rounds of ${SECONDS} s\n\n`);
  process.stdout.write('| figure | Latchkey | baseline | ratio |\n| --- | --- | --- | --- |\n');
  for (const { figure, value, baseline, ratio } of rows) {
    process.stdout.write(`| ${figure} | ${value} | ${baseline} | ${ratio} |\n`);
  }
  const path = join(process.cwd(), 'bench', 'latest.json');
  writeFileSync(path, `${JSON.stringify({ machine, rows }, null, 2)}\n`);
  process.stdout.write(`\nAlso in ${path}\n`);
}
