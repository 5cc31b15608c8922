import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import bcrypt from 'bcryptjs';
import { eq } from 'drizzle-orm';
import { type Database, DATABASE } from '../../../src/database/database.js';
import { UsersRepository } from '../../../src/users/users.repository.js';
import { users } from '../../../src/users/users.table.js';
import { PASSWORD, uniqueEmail } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { temporaryDirectory, type TestEnvironment } from '../../support/test-config.js';
import { expectProblem, fieldsOf } from '../support/problems.js';

const NEW_PASSWORD = 'purple monkey dishwasher tuesday';

const databaseOf = ({ app }: TestApp) => app.get<Database>(DATABASE);

async function storedHash(server: TestApp, email: string): Promise<string> {
  const [row] = await databaseOf(server)
    .select({ passwordHash: users.passwordHash })
    .from(users)
    .where(eq(users.email, email));
  return row?.passwordHash ?? '';
}

describe('a password', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await startTestApp();
  });

  afterAll(async () => {
    await server.close();
  });

  const change = (token: string, currentPassword: string, newPassword: string) =>
    server.api.post('/api/auth/password/change', { currentPassword, newPassword }, { token });

  describe('that is acceptable', () => {
    it.each([
      ['8 characters', 'zq8vkw2m'],
      ['8 characters of two UTF-16 units each', '🦊🐙🦉🐝🦄🐢🦀🐳'],
      ['64 characters', 'a1b2'.repeat(16)],
      ['200 characters', 'long password '.repeat(15)],
      ['1024 characters', 'z'.repeat(1024)],
      ['1024 characters of two UTF-16 units each', '🦊'.repeat(1024)],
      ['spaces only', ' '.repeat(12)],
      ['spaces around', '  spaces around  '],
      ['no digit, no upper case, no punctuation', 'onlylowercaseletters'],
      ['a NUL', 'before\0after'],
      ['line breaks and tabs', 'line\r\nbreak\ttab'],
      ['other scripts', 'пароль-密码-كلمة'],
      ['quotes and SQL', `'; drop table users; --"\\`],
    ])('may have %s, at registration and at a change', async (_, password) => {
      const email = uniqueEmail();
      expect((await server.api.register({ email, password })).status).toBe(201);
      expect((await server.api.login(email, password)).status).toBe(200);

      const { accessToken, user } = (await server.api.register()).body;
      expect((await change(accessToken, PASSWORD, password)).status).toBe(204);
      expect((await server.api.login(user.email, password)).status).toBe(200);
    });
  });

  describe('that is not acceptable', () => {
    it.each([
      ['7 characters', 'zq8vkw2'],
      ['7 characters of two UTF-16 units each, which are 14', '🦊🐙🦉🐝🦄🐢🦀'],
      ['one character', 'x'],
    ])('is told so at registration and at a change: %s', async (_, password) => {
      const registered = await server.api.register({ password });
      expectProblem(registered, 400, 'PASSWORD_REJECTED');
      expect(registered.body.errors).toEqual([
        { field: 'password', message: 'must have at least 8 characters' },
      ]);

      const { accessToken } = (await server.api.register()).body;
      const changed = await change(accessToken, PASSWORD, password);
      expectProblem(changed, 400, 'PASSWORD_REJECTED');
      expect(fieldsOf(changed)).toEqual(['newPassword']);
    });

    it.each(['password', 'Password1', 'PASSWORD123', 'iloveyou', '1234567890', 'qwertyuiop'])(
      'is refused at registration and at a change, since it is a common password: %s',
      async (password) => {
        const registered = await server.api.register({ password });
        expectProblem(registered, 400, 'PASSWORD_REJECTED');
        expect(registered.body.errors).toEqual([
          { field: 'password', message: 'is one of the most common passwords' },
        ]);

        const { accessToken, user } = (await server.api.register()).body;
        expectProblem(await change(accessToken, PASSWORD, password), 400, 'PASSWORD_REJECTED');
        expect((await server.api.login(user.email, PASSWORD)).status).toBe(200);
      },
    );

    it('is refused before the address is looked up, so that it tells nothing of it', async () => {
      const { email } = (await server.api.register()).body.user;
      expectProblem(await server.api.register({ email, password: 'password' }), 400, 'PASSWORD_REJECTED');
    });

    it('is refused by its length, in one word with the other fields', async () => {
      const answer = await server.api.register({ password: 'x'.repeat(1025) });
      expectProblem(answer, 400, 'VALIDATION_FAILED');
      expect(fieldsOf(answer)).toEqual(['password']);
    });
  });

  describe('counts exactly as it was received', () => {
    it.each([
      ['a space before', 'correct horse', ' correct horse'],
      ['a space after', 'correct horse', 'correct horse '],
      ['no space before', ' correct horse', 'correct horse'],
      ['a line break after', 'correct horse', 'correct horse\n'],
      ['other case', 'correct horse', 'Correct Horse'],
      ['what follows a NUL', 'correct\0horse', 'correct\0house'],
      ['a NUL at the end', 'correct horse', 'correct horse\0'],
      ['the 73rd byte', `${'x'.repeat(72)}a`, `${'x'.repeat(72)}b`],
      ['what follows 72 bytes', 'x'.repeat(72), `${'x'.repeat(72)}y`],
      ['the 73rd byte, inside an emoji', `${'x'.repeat(70)}🦊 tail`, `${'x'.repeat(70)}🦉 tail`],
      ['another emoji', 'password🦊', 'password🦉'],
      ['full-width letters', 'ｐassword zq8', 'password zq8'],
    ])('with %s it is another one', async (_, password, other) => {
      const email = uniqueEmail();
      expect((await server.api.register({ email, password })).status).toBe(201);
      expectProblem(await server.api.login(email, other), 401, 'INVALID_CREDENTIALS');
      expect((await server.api.login(email, password)).status).toBe(200);
    });
  });

  it('is in no answer, and is stored only as a hash', async () => {
    const password = 'canary horse battery staple';
    const email = uniqueEmail();
    const registered = await server.api.register({ email, password });
    const answers = [
      registered,
      await server.api.login(email, password),
      await server.api.login(email, `${password}x`),
      await server.api.register({ email, password }),
      await server.api.profile(registered.body.accessToken),
    ];
    for (const { body } of answers) expect(JSON.stringify(body)).not.toMatch(/canary|\$bcrypt|\$2b/);
    const dump = JSON.stringify(await databaseOf(server).select().from(users));
    expect(dump).toContain(email);
    expect(dump).not.toContain('canary');
  });

  describe('brought from elsewhere as a plain bcrypt hash', () => {
    it.each(['$2a$', '$2b$', '$2y$'])('%s logs in, and is hashed anew as it does', async (prefix) => {
      const { email } = (await server.api.register()).body.user;
      const password = 'an imported password';
      const imported = (await bcrypt.hash(password, 4)).replace('$2b$', prefix);
      await databaseOf(server).update(users).set({ passwordHash: imported }).where(eq(users.email, email));

      expectProblem(await server.api.login(email, 'wrong password'), 401, 'INVALID_CREDENTIALS');
      expect(await storedHash(server, email)).toBe(imported);
      expect((await server.api.login(email, password)).status).toBe(200);
      expect(await storedHash(server, email)).toMatch(/^\$bcrypt-sha256\$v=2,t=2b,r=4\$/);
      expect((await server.api.login(email, password)).status).toBe(200);
      expectProblem(await server.api.login(email, PASSWORD), 401, 'INVALID_CREDENTIALS');
    });

    it.each(['', '!', '$2b$99$' + 'a'.repeat(53), '$argon2id$nonsense'])(
      'that is none, %j, lets no one in, and answers as for a wrong password',
      async (nonsense) => {
        const { email } = (await server.api.register()).body.user;
        await databaseOf(server).update(users).set({ passwordHash: nonsense }).where(eq(users.email, email));
        expectProblem(await server.api.login(email, PASSWORD), 401, 'INVALID_CREDENTIALS');
      },
    );
  });

  describe('that is wrong', () => {
    const rawLogin = async (email: string, password: string) => {
      const response = await fetch(`${server.url}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password }),
      });
      // These tell the time and how often this address has asked, for any account.
      const telling = [...response.headers].filter(
        ([name]) => !['date', 'ratelimit', 'ratelimit-policy', 'x-request-id'].includes(name),
      );
      return { status: response.status, headers: telling, body: await response.text() };
    };
    const disable = async (id: string) => {
      expect(await server.app.get(UsersRepository).setDisabled(id, true)).toBe(true);
    };

    it('answers the same bytes for an unknown address, a wrong password and a disabled account', async () => {
      const active = (await server.api.register()).body.user;
      const disabled = (await server.api.register()).body.user;
      await disable(disabled.id);
      const wrong = await rawLogin(active.email, 'wrong password');
      expect(wrong.status).toBe(401);
      expect(JSON.parse(wrong.body)).toMatchObject({ code: 'INVALID_CREDENTIALS' });
      expect(await rawLogin(disabled.email, 'wrong password')).toEqual(wrong);
      expect(await rawLogin(uniqueEmail(), 'wrong password')).toEqual(wrong);
      expect(await rawLogin(uniqueEmail(), PASSWORD)).toEqual(wrong);
    });

    it('is distinguished from a disabled account only when it is right', async () => {
      const { user, refreshToken, accessToken } = (await server.api.register()).body;
      await disable(user.id);
      expectProblem(await server.api.login(user.email, PASSWORD), 403, 'ACCOUNT_DISABLED');
      expectProblem(await server.api.profile(accessToken), 403, 'ACCOUNT_DISABLED');
      expectProblem(await change(accessToken, PASSWORD, NEW_PASSWORD), 403, 'ACCOUNT_DISABLED');

      expectProblem(await server.api.refresh(refreshToken), 403, 'ACCOUNT_DISABLED');
      expectProblem(await server.api.refresh(refreshToken), 401, 'SESSION_ENDED');
      expectProblem(await server.api.profile(accessToken), 401, 'TOKEN_REVOKED');
    });

    it('is right again where the account is enabled again, and the old sessions stay ended', async () => {
      const { user, refreshToken } = (await server.api.register()).body;
      await disable(user.id);
      await server.api.refresh(refreshToken);
      await server.app.get(UsersRepository).setDisabled(user.id, false);
      expect((await server.api.login(user.email)).status).toBe(200);
      expectProblem(await server.api.refresh(refreshToken), 401, 'SESSION_ENDED');
    });

    it('keeps the refresh of an account that is gone from answering', async () => {
      const { user, refreshToken, accessToken } = (await server.api.register()).body;
      await databaseOf(server).delete(users).where(eq(users.id, user.id));
      expectProblem(await server.api.refresh(refreshToken), 401, 'SESSION_ENDED');
      expectProblem(await server.api.profile(accessToken), 401, 'TOKEN_REVOKED');
    });
  });

  it('that two change at once is changed by one of them', async () => {
    const { accessToken, user } = (await server.api.register()).body;
    const wishes = ['the wish of the one', 'the wish of the other'];
    const answers = await Promise.all(wishes.map((wish) => change(accessToken, PASSWORD, wish)));
    expect(answers.map((answer) => String(answer.status)).sort()).toEqual(['204', '409']);
    const winner = wishes[answers.findIndex((answer) => answer.status === 204)] ?? '';
    expect((await server.api.login(user.email, winner)).status).toBe(200);
  });
});

describe('a hash of other settings', () => {
  const directory = temporaryDirectory();
  let server: TestApp | undefined;

  afterAll(async () => {
    await server?.close();
    directory.remove();
  });

  const restart = async (environment: TestEnvironment) => {
    await server?.close();
    server = await startTestApp({
      dataDir: directory.path,
      environment: { APP_SECRET: 'k3v9QpX7mT1bR5wY8nL2cF6hJ4dG0sAz', ...environment },
    });
    return server;
  };

  it('is replaced at the next login, whichever way the settings changed', async () => {
    const email = uniqueEmail();
    const first = await restart({ BCRYPT_COST: '4' });
    await first.api.register({ email });
    expect(await storedHash(first, email)).toMatch(/^\$bcrypt-sha256\$v=2,t=2b,r=4\$/);

    const steps: [TestEnvironment, RegExp][] = [
      [{ BCRYPT_COST: '5' }, /^\$bcrypt-sha256\$v=2,t=2b,r=5\$/],
      [{ PASSWORD_HASH: 'argon2id' }, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/],
      [{ BCRYPT_COST: '4' }, /^\$bcrypt-sha256\$v=2,t=2b,r=4\$/],
    ];
    for (const [environment, format] of steps) {
      const next = await restart(environment);
      const before = await storedHash(next, email);
      expectProblem(await next.api.login(email, 'wrong password'), 401, 'INVALID_CREDENTIALS');
      expect(await storedHash(next, email)).toBe(before);
      expect((await next.api.login(email)).status).toBe(200);
      const after = await storedHash(next, email);
      expect(after).toMatch(format);
      expect((await next.api.login(email)).status).toBe(200);
      expect(await storedHash(next, email)).toBe(after);
    }
  });
});
