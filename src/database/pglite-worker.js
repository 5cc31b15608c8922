// Runs in a worker thread. JavaScript, since worker threads of Node 20 load no TypeScript, neither from src in tests.
import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import { PGlite, types } from '@electric-sql/pglite';
import { ARRAY_TYPES } from './array-types.js';
import { unpackEmptyDatabase } from './unpack-empty-database.js';

/**
 * @typedef {{ directory: string, making: string | undefined }} Settings `making`: a file that stands until a new database is made
 * @typedef {'array' | 'object'} RowMode
 * @typedef {{ kind: 'query', sql: string, params: unknown[], rowMode: RowMode, transaction: number | undefined }} Query
 * @typedef {{ kind: 'end', transaction: number, commit: boolean }} End
 * @typedef {{ kind: 'open', settings: Settings }} Open
 * @typedef {Query | End | Open | { kind: 'begin' } | { kind: 'close' }} Task
 * @typedef {{ id: number, result?: unknown, error?: { message: string } }} Reply
 * @typedef {{ executor: import('@electric-sql/pglite').Transaction, finish: () => void, ended: Promise<void>, failed: boolean }} OpenTransaction
 */

/** PostgreSQL fills them with zeros as it starts: with its 128 MB, a tenth of a second, and that much memory. */
const SHARED_BUFFERS = '16MB';

/** What Drizzle wants as text, to read it itself. Its parsers say so with every statement, but cannot be posted. */
const AS_TEXT = [
  types.TIMESTAMP,
  types.TIMESTAMPTZ,
  types.INTERVAL,
  types.DATE,
  1231,
  1115,
  1185,
  1187,
  1182,
];
const asText = (/** @type {string} */ text) => text;
const PARSERS = Object.fromEntries(AS_TEXT.map((oid) => [oid, asText]));

/** The first oid that is not PostgreSQL's own. */
const FIRST_OWN_TYPE = 16_384;

/** PGlite, which asks less as it opens: all array types there are took it a sixth of a second. */
class QuickPGlite extends PGlite {
  /** @override */
  async _initArrayTypes() {
    const { rows } = await this.query(
      `select oid, typarray from pg_type where oid >= ${FIRST_OWN_TYPE} and typarray <> 0`,
      [],
      { rowMode: 'array' },
    );
    for (const [element, array] of [...ARRAY_TYPES, .../** @type {[number, number][]} */ (rows)]) {
      this.parsers[array] = (text) =>
        /** @type {unknown} */ (types.arrayParser(text, this.parsers[element] ?? asText, array));
      this.serializers[array] = (value) => types.arraySerializer(value, this.serializers[element], array);
    }
  }
}

/** What is told of an error. PGlite's also hold the statement's parameters, which may be secrets. */
const ERROR_FIELDS = ['code', 'severity', 'detail', 'hint', 'schema', 'table', 'column', 'constraint'];

// @types/node leaves the name to the DOM's types.
const { WebAssembly: webAssembly } =
  /** @type {{ WebAssembly: { compile(bytes: Uint8Array): Promise<never> } }} */ (
    /** @type {unknown} */ (globalThis)
  );
// Compiled before it is said which directory to open.
const wasm = readFile(new URL('pglite.wasm', import.meta.resolve('@electric-sql/pglite'))).then((bytes) =>
  webAssembly.compile(bytes),
);
/** @type {PGlite} */
let pglite;
/** Everything else waits for it. @type {Promise<void> | undefined} */
let opened;
/** @type {Map<number, OpenTransaction>} */
const transactions = new Map();

const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);
port.on('message', (/** @type {{ id: number, task: Task }} */ { id, task }) => {
  run(id, task).then(
    (result) => port.postMessage({ id, result }),
    (/** @type {unknown} */ error) => port.postMessage({ id, error: describe(error) }),
  );
});

/** @param {Settings} settings */
async function open({ directory, making }) {
  if (making !== undefined) await unpackEmptyDatabase(directory);
  pglite = new QuickPGlite({
    dataDir: directory,
    pgliteWasmModule: await wasm,
    startParams: [...PGlite.defaultStartParams, '-c', `shared_buffers=${SHARED_BUFFERS}`],
  });
  await pglite.waitReady;
  if (making !== undefined) rmSync(making, { force: true });
}

/** @param {number} id @param {Task} task @returns {Promise<unknown>} */
async function run(id, task) {
  if (task.kind === 'open') return (opened = open(task.settings));
  await opened;
  if (task.kind === 'query') return query(task);
  if (task.kind === 'begin') return begin(id);
  if (task.kind === 'end') return end(task);
  return pglite.close();
}

/** @param {Query} task */
async function query({ sql, params, rowMode, transaction }) {
  const options = { rowMode, parsers: PARSERS };
  if (transaction === undefined) return pglite.query(sql, params, options);
  const begun = transactionOf(transaction);
  try {
    return await begun.executor.query(sql, params, options);
  } catch (error) {
    begun.failed = true;
    throw error;
  }
}

/** Begins a transaction, which PGlite keeps open (other statements wait) until `end`. @param {number} id */
function begin(id) {
  return new Promise((begun, failed) => {
    const ended = pglite.transaction(
      (executor) =>
        new Promise((/** @type {(value: void) => void} */ finish) => {
          transactions.set(id, { executor, finish, ended, failed: false });
          begun(id);
        }),
    );
    ended.catch(failed);
  });
}

/** @param {End} task */
async function end({ transaction, commit }) {
  const { executor, finish, ended, failed } = transactionOf(transaction);
  transactions.delete(transaction);
  try {
    if (!commit) await executor.rollback();
    // Refused unless a savepoint was gone back to: a commit would roll back without a word.
    else if (failed) await executor.query('select 1');
  } finally {
    finish();
  }
  await ended;
}

/** @param {number} id */
function transactionOf(id) {
  const transaction = transactions.get(id);
  if (!transaction) throw new Error('The transaction has ended.');
  return transaction;
}

/** Posting an Error would keep its message only. @param {unknown} error */
function describe(error) {
  if (!(error instanceof Error)) return { message: String(error) };
  const fields = /** @type {Error & Record<string, unknown>} */ (error);
  return { message: error.message, ...Object.fromEntries(ERROR_FIELDS.map((name) => [name, fields[name]])) };
}
