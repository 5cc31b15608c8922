import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import bcrypt from 'bcryptjs';
import { ApiClient } from '../../support/api-client.js';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import { postgres, type TestDatabase } from '../../support/services/available.js';
import { copyMigratedDirectory, createMigratedDatabase } from '../../support/services/migrated-database.js';
import {
  temporaryDirectory,
  type TemporaryDirectory,
  type TestEnvironment,
  testEnvironment,
} from '../../support/test-config.js';
import { eventually } from '../support/eventually.js';
import { carryOutCommand, runCommand } from '../support/operator.js';

const CLI = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const PASSWORD = 'brought from elsewhere';
const HASH = bcrypt.hashSync(PASSWORD, 4);
/** Of what is written at once. */
const BATCH = 1000;

/** Several processes start, one after the other. Milliseconds. */
const LONG = 180_000;

/** An installation without users. */
interface Installation {
  readonly environment: TestEnvironment;
  readonly directory: TemporaryDirectory;
  readonly database: TestDatabase | undefined;
}

const STORES: [string, () => Promise<TestDatabase | undefined>][] = [
  ['the embedded database', () => Promise.resolve(undefined)],
  ['PostgreSQL', createMigratedDatabase],
];

describe.each(STORES.filter(([name]) => postgres || name !== 'PostgreSQL'))(
  'Users on %s',
  (_, createDatabase) => {
    let made: Installation[] = [];
    let files: TemporaryDirectory;

    beforeEach(() => {
      files = temporaryDirectory();
    });
    afterEach(async () => {
      for (const { directory, database } of made) {
        await database?.drop();
        directory.remove();
      }
      made = [];
      files.remove();
    });

    const install = async (): Promise<TestEnvironment> => {
      const directory = temporaryDirectory();
      const database = await createDatabase();
      if (!database) await copyMigratedDirectory(join(directory.path, 'database'));
      const environment = testEnvironment(directory.path, {
        NODE_ENV: 'development',
        PUBLIC_URL: 'http://latchkey.test',
        ...(database && { DATABASE_URL: database.url }),
      });
      made.push({ environment, directory, database });
      return environment;
    };
    const fileOf = (name: string, lines: readonly unknown[]): string => {
      const path = join(files.path, name);
      writeFileSync(
        path,
        lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''),
      );
      return path;
    };
    const linesOf = (path: string) =>
      readFileSync(path, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    const exportedBy = async (run: typeof runCommand, environment: TestEnvironment, options: string[]) => {
      const path = join(files.path, `${randomUUID()}.jsonl`);
      expect(await run(environment, 'users', 'export', '--out', path, ...options)).toMatchObject({
        code: 0,
      });
      return { path, lines: linesOf(path) };
    };
    const exported = (environment: TestEnvironment, ...options: string[]) =>
      exportedBy(carryOutCommand, environment, options);

    const USERS = [
      {
        id: randomUUID(),
        email: 'Ann@example.com',
        name: 'Ann',
        emailVerified: true,
        disabled: false,
        createdAt: '2024-05-01T12:00:00.000Z',
        roles: ['admin', 'user'],
        passwordHash: HASH,
        fields: { staffNumber: 7, team: { name: 'größe 🦊' } },
      },
      {
        id: randomUUID(),
        email: 'bob@example.com',
        name: null,
        emailVerified: false,
        disabled: true,
        createdAt: '2023-01-02T03:04:05.678Z',
        roles: [],
        passwordHash: '{SHA}q/eq1kOINtvlJqojGr3i0O73TUI=',
      },
      {
        id: randomUUID(),
        email: 'cleo@example.com',
        name: 'Cleo',
        emailVerified: true,
        disabled: false,
        createdAt: '2022-01-01T00:00:00.000Z',
        roles: ['user'],
      },
    ];
    const byId = (lines: readonly Record<string, unknown>[]) =>
      lines.toSorted((one, other) => (String(one['id']) < String(other['id']) ? -1 : 1));

    it(
      'are imported as the lines say, log in with the password they had, and are exported as the same lines',
      async () => {
        const environment = await install();
        const { code, stdout } = await runCommand(
          environment,
          'users',
          'import',
          fileOf('users.jsonl', USERS),
        );
        expect([code, stdout]).toEqual([
          0,
          '3 users read: 3 imported, 0 there before, 0 refused.\n' +
            '1 of those imported are administrators.\n' +
            '1 have no password yet: "forgot password" sets one.\n' +
            '1 have a hash that is guessed fast until they log in, 1 without salt.\n',
        ]);

        const withHashes = await exportedBy(runCommand, environment, ['--hashes']);
        expect(withHashes.lines).toEqual(byId(USERS));
        expect(statSync(withHashes.path).mode & 0o777).toBe(0o600);
        const without = await exported(environment);
        expect(without.lines).toEqual(byId(USERS.map(({ passwordHash: _hash, ...user }) => user)));

        const other = await install();
        const again = await carryOutCommand(other, 'users', 'import', withHashes.path, '--json');
        expect(JSON.parse(again.stdout)).toMatchObject({ read: 3, imported: 3, skipped: 0, refused: 0 });
        expect((await exported(other, '--hashes')).lines).toEqual(withHashes.lines);

        const server = await LatchkeyProcess.start(other);
        try {
          const api = new ApiClient(server.url);
          const { status, body } = await api.login('ann@example.com', PASSWORD);
          expect([status, body.user]).toMatchObject([
            200,
            {
              id: USERS[0]?.id,
              emailVerified: true,
              roles: ['admin', 'user'],
              createdAt: '2024-05-01T12:00:00.000Z',
            },
          ]);
          expect((await api.login('bob@example.com', 'correct horse battery staple')).body.code).toBe(
            'ACCOUNT_DISABLED',
          );
          expect((await api.login('cleo@example.com', '')).status).toBe(400);
          const audit = await api.get<{ events: unknown[] }>('/api/admin/audit?type=users.imported', {
            token: body.accessToken,
          });
          expect(audit.body.events).toMatchObject([{ actor: { kind: 'operator' }, details: { users: 3 } }]);
        } finally {
          await server.stop();
        }
        expect(
          (await exported(other, '--hashes')).lines.find(({ email }) => email === 'Ann@example.com'),
        ).toMatchObject({
          passwordHash: expect.stringMatching(/^\$bcrypt-sha256\$/),
        });
      },
      LONG,
    );

    it(
      'that are refused are told of by line and reason, without their hashes, and the others are imported',
      async () => {
        const environment = await install();
        const [ann] = USERS;
        const path = fileOf('users.jsonl', [
          ann,
          '{"email":"broken@example.com","passwordHash":"$2b$10$',
          { email: 'dear@example.com', passwordHash: HASH.replace('$04$', '$31$') },
          { email: 'ANN@example.com', id: randomUUID() },
          { email: 'twin@example.com', id: ann?.id },
          { email: 'role@example.com', roles: ['owner'] },
          { email: 'ann@EXAMPLE.com' },
          { email: 'good@example.com' },
        ]);
        const expected = [
          [2, 'NOT_JSON'],
          [3, 'HASH_TOO_COSTLY'],
          [4, 'EMAIL_TAKEN'],
          [5, 'ID_TAKEN'],
          [6, 'ROLE_UNKNOWN'],
        ];
        const summary = { read: 8, imported: 2, skipped: 1, refused: 5 };
        for (const dryRun of [true, false]) {
          const rejects = join(files.path, `rejects-${dryRun}.jsonl`);
          const options = [...(dryRun ? ['--dry-run'] : []), '--rejects', rejects, '--json'];
          const { code, stdout, stderr } = await runCommand(environment, 'users', 'import', path, ...options);
          expect([code, stderr]).toEqual([4, '']);
          expect(JSON.parse(stdout)).toMatchObject({ ...summary, dryRun });
          const refused = linesOf(rejects).map(({ line, code: reason }) => [line, reason]);
          // What finds its reason in the database is told when its batch is written.
          expect(refused.toSorted(([one], [other]) => Number(one) - Number(other))).toEqual(expected);
          expect(readFileSync(rejects, 'utf8')).not.toContain('$2b$');
          expect((await exported(environment)).lines).toHaveLength(dryRun ? 0 : 2);
        }

        const told = await runCommand(environment, 'users', 'import', path);
        expect(told).toMatchObject({
          code: 4,
          stdout: expect.stringContaining('8 users read: 0 imported, 3 there before, 5 refused.'),
        });
        expect(told.stderr).toContain('Line 2: NOT_JSON: This is not JSON.\n');
        expect(told.stderr).not.toContain('$2b$');
      },
      LONG,
    );

    it(
      'are all there once after an import that was killed is run again',
      async () => {
        const environment = await install();
        const rejects = join(files.path, 'rejects.jsonl');
        const lines = Array.from({ length: 2 * BATCH + 500 }, (_user, index) => ({
          email: `user${index}@example.com`,
          // Of the others a line says no id.
          ...(index % 2 === 0 && { id: randomUUID() }),
          passwordHash: `$2b$10$${randomBytes(40).toString('hex').slice(0, 53)}`,
        }));
        const path = fileOf('users.jsonl', lines);

        const env = { PATH: process.env['PATH'], ...environment };
        const child: ChildProcess = spawn(
          process.execPath,
          [CLI, 'users', 'import', '-', '--rejects', rejects],
          {
            env,
            stdio: ['pipe', 'ignore', 'inherit'],
          },
        );
        const exit = once(child, 'exit');
        // The first batch is written when the line behind it is refused.
        child.stdin?.write(
          [...lines.slice(0, BATCH), {}, ...lines.slice(BATCH, BATCH + 300)]
            .map((line) => `${JSON.stringify(line)}\n`)
            .join(''),
        );
        await eventually(() => expect(readFileSync(rejects, 'utf8')).toContain('EMAIL_INVALID'));
        child.kill('SIGKILL');
        await exit;

        const { code, stdout } = await carryOutCommand(environment, 'users', 'import', path, '--json');
        expect(code).toBe(0);
        expect(JSON.parse(stdout)).toMatchObject({ imported: BATCH + 500, skipped: BATCH, refused: 0 });
        const emails = (await exported(environment)).lines.map(({ email }) => String(email));
        expect(emails.toSorted()).toEqual(lines.map(({ email }) => email).toSorted());
      },
      LONG,
    );

    it(
      'are counted where an import is stopped, and the same command goes on',
      async () => {
        const environment = await install();
        const rejects = join(files.path, 'stopped.jsonl');
        const lines = Array.from({ length: BATCH + 300 }, (_user, index) => ({
          email: `user${index}@example.com`,
        }));
        const path = fileOf('users.jsonl', lines);
        const child = spawn(process.execPath, [CLI, 'users', 'import', '-', '--rejects', rejects, '--json'], {
          env: { PATH: process.env['PATH'], ...environment },
          stdio: ['pipe', 'pipe', 'inherit'],
        });
        const exit = once(child, 'close');
        let stdout = '';
        child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
        // As above, and nothing follows: it waits for more when it is stopped.
        child.stdin.write(
          [...lines.slice(0, BATCH), {}, ...lines.slice(BATCH)]
            .map((line) => `${JSON.stringify(line)}\n`)
            .join(''),
        );
        await eventually(() => expect(readFileSync(rejects, 'utf8')).toContain('EMAIL_INVALID'));
        // Twice, as below npm.
        child.kill('SIGINT');
        child.kill('SIGINT');
        expect(await exit).toEqual([1, null]);
        expect(JSON.parse(stdout)).toMatchObject({ stopped: true, imported: BATCH, refused: 1 });

        const again = await carryOutCommand(environment, 'users', 'import', path, '--json');
        expect(again.code).toBe(0);
        expect(JSON.parse(again.stdout)).toMatchObject({ imported: 300, skipped: BATCH, administrators: 0 });
      },
      LONG,
    );

    it(
      'are not exported over a file that is there, and files that are not there are said to be missing',
      async () => {
        const environment = await install();
        const path = fileOf('precious', ['precious']);
        expect(await carryOutCommand(environment, 'users', 'export', '--out', path)).toMatchObject({
          code: 1,
          stderr: `${path} is there already, and is not written over.\n`,
        });
        expect(readFileSync(path, 'utf8')).toBe('precious\n');
        expect(await carryOutCommand(environment, 'users', 'import', join(files.path, 'none'))).toMatchObject(
          {
            code: 1,
            stderr: expect.stringContaining('cannot be used (ENOENT).'),
          },
        );
        expect(await carryOutCommand(environment, 'users', 'import', files.path)).toMatchObject({
          code: 1,
          stderr: `${files.path} cannot be used (EISDIR): it is a directory.\n`,
        });
        const realm = fileOf('realm.json', ['{"users": [']);
        expect(
          await carryOutCommand(environment, 'users', 'import', realm, '--format', 'keycloak'),
        ).toMatchObject({ code: 1, stderr: 'The file ends in the middle.\n' });
        expect(await carryOutCommand(environment, 'users', 'export', '--hashes')).toMatchObject({ code: 2 });
      },
      LONG,
    );
  },
);
