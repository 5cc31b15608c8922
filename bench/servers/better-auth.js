// better-auth as its documentation has it: e-mail and password, SQLite in a file, the handler on node:http. Its session
// is looked up by cookie in the database, which is its default.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { SqliteDialect } from 'kysely';
import Database from 'libsql';

const directory = mkdtempSync(join(tmpdir(), 'latchkey-bench-better-auth-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
process.on('SIGTERM', () => process.exit(0));

const database = new Database(join(directory, 'auth.db'));
database.exec('PRAGMA journal_mode = WAL');

/** @type {import('better-auth').BetterAuthOptions} */
const options = {
  database: { dialect: new SqliteDialect({ database }), type: 'sqlite' },
  secret: 'a string secret of the length that tutorials use, or longer',
  baseURL: 'http://127.0.0.1',
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { disabled: true },
};
const { runMigrations } = await getMigrations(options);
await runMigrations();

const handle = toNodeHandler(betterAuth(options));
const server = createServer((request, response) => void handle(request, response));
server.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  process.stdout.write(`ready http://127.0.0.1:${port}\n`);
});
