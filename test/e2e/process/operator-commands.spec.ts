import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import pg from 'pg';
import { ApiClient, PASSWORD } from '../../support/api-client.js';
import { readOutbox } from '../../support/read-outbox.js';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import { describeWithPostgres, type TestDatabase } from '../../support/services/available.js';
import { createMigratedDatabase } from '../../support/services/migrated-database.js';
import { temporaryDirectory, type TestEnvironment, testEnvironment } from '../../support/test-config.js';
import { eventually } from '../support/eventually.js';
import { carryOutCommand, runCommand, runCommandOn, runCommandUnread } from '../support/operator.js';

describeWithPostgres('an operator’s command, beside a server that runs', () => {
  const directory = temporaryDirectory();
  let database: TestDatabase;
  let environment: TestEnvironment;
  let server: LatchkeyProcess;
  let api: ApiClient;

  beforeAll(async () => {
    database = await createMigratedDatabase();
    environment = testEnvironment(directory.path, {
      NODE_ENV: 'development',
      DATABASE_URL: database.url,
      PUBLIC_URL: 'http://latchkey.test',
    });
    server = await LatchkeyProcess.start(environment);
    api = new ApiClient(server.url);
  });

  afterAll(async () => {
    await server.stop();
    await database.drop();
    directory.remove();
  });

  /** The built program. */
  const cli = (...words: string[]) => runCommand(environment, ...words);
  /** For more of a command that is run by the program, too. */
  const here = (...words: string[]) => carryOutCommand(environment, ...words);

  const register = async () => (await api.register()).body;
  const becomesRevoked = (token: string) =>
    eventually(async () => expect((await api.profile(token)).body.code).toBe('TOKEN_REVOKED'));
  const adminStatus = async (token: string) => (await api.get('/api/admin', { token })).status;

  const setPassword = (link: string, password: string) =>
    api.post('/api/auth/password/reset', { token: link.split('#token=')[1], password });

  /** What the audit log says happened to a user. */
  async function recorded(subject: string): Promise<[string, string, unknown][]> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      const { rows } = await client.query<{ type: string; actor_kind: string; details: unknown }>(
        'select type, actor_kind, details from latchkey.audit_events where subject = $1 order by id',
        [subject],
      );
      return rows.map(({ type, actor_kind, details }) => [type, actor_kind, details]);
    } finally {
      await client.end();
    }
  }

  it('users grant, users withdraw: tokens with the old roles die, a refresh brings the new ones', async () => {
    const { user, ...before } = await register();
    expect((await cli('users', 'grant', user.email, 'admin')).stdout).toBe(
      `${user.email} has the role admin.\n`,
    );
    await becomesRevoked(before.accessToken);
    const asAdmin = (await api.refresh(before.refreshToken)).body;
    expect(await adminStatus(asAdmin.accessToken)).toBe(200);

    expect((await cli('users', 'withdraw', user.email, 'admin')).code).toBe(0);
    await becomesRevoked(asAdmin.accessToken);
    const after = (await api.refresh(asAdmin.refreshToken)).body;
    expect(await adminStatus(after.accessToken)).toBe(403);
  });

  it('users delete: the user is gone', async () => {
    const { user, ...tokens } = await register();
    expect((await cli('users', 'delete', user.email, '--yes')).stdout).toBe(`${user.email} is deleted.\n`);
    await becomesRevoked(tokens.accessToken);
    expect((await api.refresh(tokens.refreshToken)).body.code).toBe('REFRESH_TOKEN_INVALID');
    expect((await api.login(user.email)).body.code).toBe('INVALID_CREDENTIALS');
  });

  it('that cannot be taken back does nothing without --yes where no terminal is', async () => {
    const { user, accessToken } = await register();
    for (const words of [
      ['users', 'delete', user.email],
      ['roles', 'delete', 'user'],
      ['sessions', 'end-all'],
      ['tokens', 'revoke-all'],
      ['keys', 'revoke', String(decodeProtectedHeader(accessToken).kid)],
      ['storage', 'restored'],
    ])
      expect(await cli(...words)).toEqual({
        code: 2,
        stdout: '',
        stderr: `No terminal to ask on whether to go on: ${words[0]} ${words[1]} needs --yes. Nothing was done.\n`,
      });
    expect((await api.profile(accessToken)).status).toBe(200);
  });

  it('users list, users show, sessions list: what is there, for people and for programs', async () => {
    const { user } = await register();
    const listed = JSON.parse((await cli('users', 'list', '--search', user.email, '--json')).stdout);
    expect(listed).toEqual([
      {
        id: user.id,
        email: user.email,
        name: user.name,
        emailVerified: false,
        roles: ['user'],
        disabled: false,
        createdAt: user.createdAt,
        lastLoginAt: expect.any(String),
      },
    ]);
    expect(JSON.parse((await cli('users', 'show', user.email, '--json')).stdout)).toEqual(listed[0]);
    expect((await here('users', 'list', '--role', 'admin')).stdout).toMatch(/^admin@latchkey\.local /m);
    expect((await here('users', 'list', '--limit', '0')).code).toBe(2);
    expect((await here('users', 'show', 'nobody@example.com')).code).toBe(3);
    const browser =
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36';
    await api.post(
      '/api/auth/login',
      { email: user.email, password: PASSWORD },
      { headers: { 'User-Agent': browser } },
    );
    const shown = JSON.parse((await here('users', 'show', user.email, '--json')).stdout);
    expect(Date.parse(shown.lastLoginAt)).toBeGreaterThanOrEqual(Date.parse(user.createdAt));
    expect((await here('users', 'list', '--search', user.email)).stdout).toContain(shown.lastLoginAt);
    expect((await here('sessions', 'list', user.email)).stdout).toMatch(/ Chrome on Linux$/m);
    const sessions = JSON.parse((await cli('sessions', 'list', user.email, '--json')).stdout);
    expect(sessions).toEqual([
      expect.objectContaining({ device: 'Chrome on Linux', userAgent: browser }),
      expect.objectContaining({ id: expect.stringMatching(/^[0-9a-f-]{36}$/), ip: '127.0.0.1' }),
    ]);
  });

  it('sessions end: all of a user, or the one of an id', async () => {
    const { user, ...one } = await register();
    const other = (await api.login(user.email)).body;
    const id = String(decodeJwt(one.accessToken)['sid']);
    expect((await cli('sessions', 'end', id)).stdout).toBe(`The session ${id} has ended.\n`);
    await becomesRevoked(one.accessToken);
    expect((await api.profile(other.accessToken)).status).toBe(200);
    expect(await here('sessions', 'end', id)).toMatchObject({
      code: 3,
      stderr: 'There is no open session of this id.\n',
    });
    expect((await here('sessions', 'end', user.email)).code).toBe(0);
    await becomesRevoked(other.accessToken);
  });

  it('users create: an account with the password of standard input, and with the roles that are named', async () => {
    const email = 'Grace@example.com';
    const password = 'purple monkey dishwasher tuesday';
    const words = ['users', 'create', email, '--name', 'Grace', '--verified', '--password-stdin'];
    const named = await runCommandOn(
      `${password}\n`,
      environment,
      ...words,
      '--roles',
      'user,admin',
      '--json',
    );
    expect(named).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(named.stdout)).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      email,
      roles: ['admin', 'user'],
      mailed: false,
    });
    const { user, accessToken } = (await api.login(email, password)).body;
    expect(user).toMatchObject({ name: 'Grace', emailVerified: true, roles: ['admin', 'user'] });
    expect(await adminStatus(accessToken)).toBe(200);
    const made = await recorded(user.id);
    expect(made).toEqual([
      ['user.registered', 'operator', {}],
      ['role.granted', 'operator', { role: 'admin' }],
      ['login.succeeded', 'user', {}],
    ]);

    expect(await runCommandOn(password, environment, ...words)).toMatchObject({
      code: 1,
      stderr: 'An account with this e-mail address exists already.\n',
    });
    expect((await here('users', 'withdraw', email, 'admin')).code).toBe(0);
  });

  it('users create: mails a link to choose a password, which is good for days and proves the address', async () => {
    const email = 'mailed@example.com';
    expect((await here('users', 'create', email, '--name', 'Mel')).stdout).toMatch(
      /^mailed@example\.com has an account with the id [0-9a-f-]{36}\. A link to choose a password is mailed\.\n$/,
    );
    const [mail] = await readOutbox(directory.path, { to: email, template: 'invitation', atLeast: 1 });
    const password = 'purple monkey dishwasher tuesday';
    expect((await api.post('/api/auth/password/reset', { token: mail?.token, password })).status).toBe(204);
    expect((await api.login(email, password)).body.user.emailVerified).toBe(true);
  });

  it('users create --print-link, users reset-link: a link that is not mailed sets a password once, and proves no address', async () => {
    const email = 'printed@example.com';
    const first = JSON.parse((await here('users', 'create', email, '--print-link', '--json')).stdout);
    expect(Date.parse(first.expiresAt) - Date.now()).toBeGreaterThan(6 * 86_400_000);
    const password = 'purple monkey dishwasher tuesday';
    expect(first.link).toMatch(/^http:\/\/latchkey\.test\/reset-password#token=lk_ot_[\w-]{43}$/);
    expect((await setPassword(first.link, password)).status).toBe(204);
    const { user, ...tokens } = (await api.login(email, password)).body;
    expect(user.emailVerified).toBe(false);

    const { stdout } = await cli('users', 'reset-link', email);
    expect(stdout).toContain('Who has it has the account');
    const [link = ''] = stdout.split('\n');
    expect((await api.profile(tokens.accessToken)).status).toBe(200);
    const other = 'yellow submarine gearbox friday';
    expect((await setPassword(link, other)).status).toBe(204);
    expect((await setPassword(link, other)).body.code).toBe('ONE_TIME_TOKEN_INVALID');
    await becomesRevoked(tokens.accessToken);
    expect((await api.login(email, other)).body.user.emailVerified).toBe(false);
    expect(await recorded(user.id)).toContainEqual([
      'password.reset_requested',
      'operator',
      { reason: 'link_printed' },
    ]);
  });

  it('users create: makes nothing of what is not right, and takes no password among its words', async () => {
    const create = (...words: string[]) => here('users', 'create', ...words);
    const on = (input: string, ...words: string[]) =>
      runCommandOn(input, environment, 'users', 'create', ...words);
    const email = 'not-made@example.com';
    const stdin = '--password-stdin';
    for (const [ending, code, why] of [
      [create('no address', '--print-link'), 1, 'email must be an e-mail address'],
      [create(email, '--name', 'a\u202eb'), 1, 'name must hold no characters that cannot be seen'],
      [create(email, '--roles', 'user,root'), 3, 'There is no such role.'],
      [create(email, '--roles', 'user,,admin'), 1, 'Names stand with one comma between them.'],
      [on('', email, stdin), 1, 'No password was given.'],
      [on('short', email, stdin), 1, 'The password '],
      [on('two\nlines', email, stdin), 1, 'Standard input holds more than one line.'],
      [create(email, stdin, '--print-link'), 2, 'cannot be used with option'],
      [create(email, stdin, 'a password'), 2, 'Too many arguments'],
    ] as const) {
      const { stdout, stderr, ...rest } = await ending;
      expect({ ...rest, stdout }).toEqual({ code, stdout: '' });
      expect(stderr).toContain(why);
    }
    expect((await here('users', 'show', email)).code).toBe(3);
    expect((await create('no address')).stderr).toBe('email must be an e-mail address.\n');
    expect((await on('short', email, stdin)).stderr).toMatch(/^The password [^.:]+\.\n$/);
  });

  it('roles create: says what is wrong, and what opens nothing here', async () => {
    const create = (...words: string[]) => here('roles', 'create', ...words);
    const without = await create('helpers');
    expect([without.code, without.stderr.split('\n')[0]]).toEqual([
      2,
      "One of the options '--scopes' and '--without-scopes' is needed.",
    ]);
    expect(await create('Bad', '--without-scopes')).toMatchObject({
      code: 1,
      stderr: 'name must be a text of 1 to 64 small letters, digits, and . _ - within.\n',
    });
    expect((await create('helpers', '--scopes', 'users:nope,users:read,invoices:read')).stdout).toBe(
      "The role helpers is made.\nusers:nope opens nothing of Latchkey's, which has users:read and users:write.\n",
    );
    expect((await here('roles', 'set', 'helpers', '--scopes', 'users:reed')).stdout).toContain(
      '\nusers:reed opens nothing',
    );
    expect((await here('roles', 'delete', 'helpers', '--yes')).code).toBe(0);
  });

  it('roles, users set-roles: what a role allows is in the next token, and the audit log knows who did it', async () => {
    const run = async (...words: string[]) => JSON.parse((await cli(...words, '--json')).stdout);
    expect(
      await run('roles', 'create', 'support', '--scopes', 'users:read', '--description', 'Helps.'),
    ).toEqual({
      name: 'support',
      scopes: ['users:read'],
      description: 'Helps.',
    });
    expect((await cli('roles', 'list')).stdout).toMatch(/^support +users:read +Helps\.$/m);

    const { user, ...before } = await register();
    expect((await cli('users', 'set-roles', user.email, 'user,support')).stdout).toBe(
      `${user.email} has the roles support, user.\n`,
    );
    await becomesRevoked(before.accessToken);
    const helping = (await api.refresh(before.refreshToken)).body;
    expect(decodeJwt(helping.accessToken)['scope']).toContain('users:read');

    const changed = await run('roles', 'set', 'support', '--scopes', 'users:read,sessions:read');
    expect(changed).toMatchObject({ scopes: ['sessions:read', 'users:read'], description: 'Helps.' });
    await becomesRevoked(helping.accessToken);
    expect(await here('roles', 'delete', 'support', '--yes')).toMatchObject({ code: 1, stdout: '' });
    expect(JSON.parse((await here('users', 'set-roles', user.email, 'user', '--json')).stdout)).toEqual({
      email: user.email,
      roles: ['user'],
    });
    expect((await cli('roles', 'delete', 'support', '--yes')).code).toBe(0);
    expect((await recorded(user.id)).filter(([type]) => type.startsWith('role.'))).toEqual([
      ['role.granted', 'operator', { role: 'support' }],
      ['role.withdrawn', 'operator', { role: 'support' }],
    ]);
  });

  it('roles: what is not right is refused, and what is not there is said to be missing', async () => {
    for (const [words, code] of [
      [['create', 'Not a name', '--scopes', 'users:read'], 1],
      [['create', 'idle'], 2],
      [['create', 'user', '--without-scopes'], 1],
      [['create', 'both', '--scopes', 'users:read', '--without-scopes'], 2],
      [['set', 'admin', '--scopes', 'users:read'], 1],
      [['set', 'nothing', '--without-scopes'], 3],
      [['delete', 'nothing', '--yes'], 3],
    ] as const) {
      expect(await here('roles', ...words)).toMatchObject({ code, stdout: '' });
    }
    expect(await here('users', 'set-roles', 'admin@latchkey.local', 'user')).toMatchObject({ code: 1 });
    expect(await here('users', 'set-roles', 'admin@latchkey.local', 'root')).toMatchObject({ code: 3 });
  });

  it('tokens revoke: by its id or as it is, without repeating it', async () => {
    const [one, two, other] = [await register(), await register(), await register()];
    const jti = String(decodeJwt(one.accessToken).jti);
    expect((await cli('tokens', 'revoke', jti)).stdout).toBe(`The access token ${jti} is revoked.\n`);
    const { stdout, stderr } = await here('tokens', 'revoke', two.accessToken);
    expect(stdout + stderr).toBe(`The access token ${String(decodeJwt(two.accessToken).jti)} is revoked.\n`);

    await becomesRevoked(one.accessToken);
    await becomesRevoked(two.accessToken);
    expect((await api.profile(other.accessToken)).status).toBe(200);
  });

  it('tokens revoke-all: every client has to refresh', async () => {
    const tokens = await register();
    expect((await cli('tokens', 'revoke-all', '--yes')).code).toBe(0);
    await becomesRevoked(tokens.accessToken);
    const { accessToken } = (await api.refresh(tokens.refreshToken)).body;
    expect((await api.profile(accessToken)).status).toBe(200);
  });

  it('sessions end-all: every user has to log in again', async () => {
    const [one, other] = [await register(), await register()];
    expect((await cli('sessions', 'end-all', '--yes')).stdout).toMatch(/^\d+ sessions have ended\./);
    await becomesRevoked(one.accessToken);
    await becomesRevoked(other.accessToken);
    expect((await api.refresh(other.refreshToken)).body.code).toBe('SESSION_ENDED');
    expect((await api.login(other.user.email)).status).toBe(200);
  });

  it('users reset-password: the user is mailed a link, which is printed nowhere', async () => {
    const { user, ...tokens } = await register();
    const { stdout } = await cli('users', 'reset-password', user.email);
    expect(stdout).toBe(`${user.email} is sent a link to set a new password.\n`);
    await becomesRevoked(tokens.accessToken);
    const [mail] = await readOutbox(directory.path, {
      to: user.email,
      template: 'password-reset',
      atLeast: 1,
    });
    const reset = { token: mail?.token, password: 'purple monkey dishwasher tuesday' };
    expect((await api.post('/api/auth/password/reset', reset)).status).toBe(204);
  });

  it('admin renew-password: the initial administrator has another one-time password', async () => {
    const { stdout } = await cli('admin', 'renew-password');
    const [, email = '', password] =
      /^The one-time password of (\S+) is ([\w-]{24}) until \S+Z\.\n$/.exec(stdout) ?? [];
    expect((await api.login(email, password)).status).toBe(200);
  });

  it('keys export: the public keys of the JWKS, printed or a file each', async () => {
    const { body } = await api.get<{ keys: { kid: string }[] }>('/.well-known/jwks.json');
    const pem = (await cli('keys', 'export', '--pem')).stdout;
    expect(createPublicKey(pem).export({ format: 'jwk' })).toEqual({
      kty: 'EC',
      crv: 'P-256',
      x: expect.any(String),
      y: expect.any(String),
    });
    const out = join(directory.path, 'keys');
    expect((await here('keys', 'export', '--pem', '--out', out)).stdout).toBe(
      `1 public key is in ${out}. Reload what has read them.\n`,
    );
    for (const { kid } of body.keys) {
      expect(pem).toContain(`# ${kid} ES256\n`);
      expect(body.keys[0]).toMatchObject(
        createPublicKey(await readFile(join(out, `${kid}.pem`), 'utf8')).export({ format: 'jwk' }),
      );
    }
    const asJson = (await here('keys', 'export', '--pem', '--json')).stdout;
    expect(JSON.parse(asJson)).toEqual([
      { kid: body.keys[0]?.kid, alg: 'ES256', pem: expect.stringContaining('BEGIN PUBLIC KEY') },
    ]);
  });

  it('migrate, migrations status: the database has all', async () => {
    expect((await cli('migrate')).stdout).toBe('The database is up to date.\n');
    const status = JSON.parse((await cli('migrations', 'status', '--json')).stdout);
    expect(status).toMatchObject({ schema: 'latchkey', missing: [], unknown: 0 });
    expect((await here('migrations', 'status')).stdout).toContain(`\n${status.applied[0]} `);
  });

  it('doctor: all is well while the server runs, and exits with 1 where something is not', async () => {
    const well = await cli('doctor', '--json');
    expect([well.code, well.stderr]).toEqual([0, '']);
    expect(JSON.parse(well.stdout)).toMatchObject({
      ok: true,
      findings: expect.arrayContaining([
        {
          check: 'signing keys',
          state: 'ok',
          found: 'The one there is opens with APP_SECRET.',
          advice: null,
        },
      ]),
    });
    const other = { ...environment, APP_SECRET: 'aB3vR8mQ2wN7pL5tJ9hB4dF6gS1zC0yAqP', PORT: 'http' };
    const bad = await runCommand(other, 'doctor');
    expect([bad.code, bad.stderr]).toEqual([1, '']);
    expect(bad.stdout).toMatch(/^fail +configuration +PORT must be /m);
    expect(bad.stdout).toMatch(/^fail +signing keys +[\w-]{43} does not open with APP_SECRET\.$/m);
    expect(bad.stdout).toMatch(/^2 failed, /m);
  });

  it('that cannot be carried out says why in one line, and repeats no token', async () => {
    const { refreshToken, accessToken, user } = await register();
    for (const [words, code, why] of [
      [['users', 'delete', 'nobody@example.com', '--yes'], 3, 'There is no user with this e-mail address.'],
      [['users', 'grant', user.email, 'root'], 3, 'There is no such role.'],
      [
        ['users', 'delete', 'admin@latchkey.local', '--yes'],
        1,
        'This is the last administrator: make someone else one first.',
      ],
      [
        ['tokens', 'revoke', refreshToken],
        1,
        'This is neither the jti of an access token nor an access token.',
      ],
      [
        ['tokens', 'revoke', `${accessToken}.x`],
        1,
        'This is neither the jti of an access token nor an access token.',
      ],
    ] as const) {
      expect(await here(...words)).toEqual({ code, stdout: '', stderr: `${why}\n` });
    }
    expect(await cli('users', 'delete', 'nobody@example.com', '--yes', '--json')).toEqual({
      code: 3,
      stdout: '',
      stderr: '{"code":"NOT_FOUND","detail":"There is no user with this e-mail address."}\n',
    });
    expect(await cli('users', 'grant', user.email)).toEqual({
      code: 2,
      stdout: '',
      stderr: "Missing required argument 'role'.\nUsage: latchkey users grant <e-mail> <role> [--json]\n",
    });
    expect((await api.profile(accessToken)).status).toBe(200);
  });

  it('has nothing to complain of where its reader has seen enough', async () => {
    expect(await runCommandUnread(environment, 'users', 'list', '--json')).toEqual({ code: 0, stderr: '' });
  });
});
