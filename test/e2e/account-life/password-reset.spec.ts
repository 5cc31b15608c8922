import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { type Database, DATABASE } from '../../../src/database/database.js';
import { oneTimeTokens } from '../../../src/tokens/one-time/one-time-tokens.table.js';
import { UsersRepository } from '../../../src/users/users.repository.js';
import { UsersService } from '../../../src/users/users.service.js';
import { PASSWORD, uniqueEmail } from '../../support/api-client.js';
import { CapturedMails } from '../../support/captured-mails.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { describeOnEachStore } from '../support/databases.js';
import { expectProblem } from '../support/problems.js';
import { sendRaw } from '../support/raw-http.js';
import { AccountFlows, NEW_PASSWORD } from './account-flows.js';

const MINUTE = 60_000;

describeOnEachStore('A password reset', (environment) => {
  let flows: AccountFlows;
  let server: TestApp;
  let mails: CapturedMails;

  beforeAll(async () => {
    flows = await AccountFlows.start(environment());
    ({ server, mails } = flows);
  });
  afterAll(() => flows?.close());

  const forgot = (email: string, headers: Record<string, string> = {}) => flows.forgot(email, headers);
  const reset = (token: string, password = NEW_PASSWORD) => flows.reset(token, password);
  const register = () => flows.register();
  const resetToken = async (email: string): Promise<string> => {
    expect((await forgot(email)).status).toBe(202);
    return mails.token(email, 'password-reset');
  };

  it('mails a link that is good for one use, and sets the password', async () => {
    const { user } = await register();
    const token = await resetToken(user.email);
    expect(token).toMatch(/^lk_ot_[\w-]{43}$/);

    expect((await reset(token)).status).toBe(204);
    expectProblem(await server.api.login(user.email, PASSWORD), 401, 'INVALID_CREDENTIALS');
    const signedIn = await server.api.login(user.email, NEW_PASSWORD);
    expect(signedIn.status).toBe(200);
    expect(signedIn.body.user.emailVerified).toBe(true);
    expectProblem(await reset(token, 'another new password'), 400, 'ONE_TIME_TOKEN_INVALID');
  });

  it('ends every session, and access tokens die at once', async () => {
    const one = await register();
    const other = (await server.api.login(one.user.email)).body;
    expect((await reset(await resetToken(one.user.email))).status).toBe(204);

    for (const { accessToken, refreshToken } of [one, other]) {
      expectProblem(await server.api.profile(accessToken), 401, 'TOKEN_REVOKED');
      expectProblem(await server.api.refresh(refreshToken), 401, 'SESSION_ENDED');
    }
  });

  it('says so to the user, once it is done', async () => {
    const { user } = await register();
    const token = await resetToken(user.email);
    expect(mails.to(user.email, 'password-changed')).toEqual([]);
    await reset(token);
    await reset(token);

    expect(mails.to(user.email, 'password-changed')).toHaveLength(1);
    expect(mails.last(user.email, 'password-changed')).toMatchObject({ ip: '127.0.0.1' });
  });

  it('answers the same, and mails nothing, to an unknown address and to a disabled account', async () => {
    const { user } = await register();
    const { user: disabled } = await register();
    await server.app.get(UsersRepository).setDisabled(disabled.id, true);
    const unknown = uniqueEmail();
    const before = mails.all.length;
    const telling = async (email: string) => {
      const { status, headers, body } = await forgot(email);
      return {
        status,
        body,
        headers: [...headers].filter(([name]) => !['date', 'ratelimit', 'x-request-id'].includes(name)),
      };
    };
    const known = await telling(user.email);

    expect(known).toMatchObject({ status: 202, body: '' });
    expect(await telling(unknown)).toEqual(known);
    expect(await telling(disabled.email)).toEqual(known);
    expect(mails.all.slice(before).map(({ to }) => to)).toEqual([user.email]);
  });

  it('of an account that was disabled meanwhile is refused', async () => {
    const { user } = await register();
    const token = await resetToken(user.email);
    const users = server.app.get(UsersRepository);
    await users.setDisabled(user.id, true);
    expectProblem(await reset(token), 400, 'ONE_TIME_TOKEN_INVALID');

    await users.setDisabled(user.id, false);
    expect((await server.api.login(user.email, PASSWORD)).status).toBe(200);
  });

  it('sends an address one mail a minute, and the older token stays good until one is used', async () => {
    const { user } = await register();
    const older = await resetToken(user.email);
    expect((await forgot(user.email)).status).toBe(202);
    expect((await forgot(user.email.toUpperCase())).status).toBe(202);
    expect(mails.to(user.email, 'password-reset')).toHaveLength(1);

    server.clock.advance(MINUTE);
    const newer = await resetToken(user.email);
    expect(mails.to(user.email, 'password-reset')).toHaveLength(2);
    expect((await reset(older)).status).toBe(204);
    expectProblem(await reset(newer), 400, 'ONE_TIME_TOKEN_INVALID');
  });

  it('is possible for 15 minutes', async () => {
    const [{ user: late }, { user: inTime }] = [await register(), await register()];
    const tooLate = await resetToken(late.email);
    server.clock.advance(1000);
    const good = await resetToken(inTime.email);
    expect(mails.last(inTime.email, 'password-reset').expiresIn).toBe(15 * MINUTE);
    server.clock.advance(15 * MINUTE - 1000);

    expectProblem(await reset(tooLate), 400, 'ONE_TIME_TOKEN_INVALID');
    expect((await reset(good)).status).toBe(204);
  });

  it('does not consume the token where the password is refused', async () => {
    const { user } = await register();
    const token = await resetToken(user.email);
    for (const password of ['short', 'password123']) {
      expectProblem(await reset(token, password), 400, 'PASSWORD_REJECTED');
    }
    expect((await reset(token)).status).toBe(204);
  });

  it('is bound to the password that it replaces: a change of the password ends it', async () => {
    const { user, accessToken } = await register();
    const token = await resetToken(user.email);
    expect((await flows.changePassword({ accessToken })).status).toBe(204);

    expectProblem(await reset(token, 'another new password'), 400, 'ONE_TIME_TOKEN_INVALID');
    expect((await server.api.login(user.email, NEW_PASSWORD)).status).toBe(200);
  });

  it('is bound to it also where the token was left behind', async () => {
    const { user } = await register();
    const token = await resetToken(user.email);
    const found = await server.app.get(UsersRepository).findById(user.id);
    if (!found) throw new Error('no user');
    const users = server.app.get(UsersService);
    await users.upgradePasswordHash(found, 'another hash');

    expectProblem(await reset(token), 400, 'ONE_TIME_TOKEN_INVALID');
  });

  it('clears that an initial password must be changed, and ends the other links', async () => {
    const email = uniqueEmail();
    const { user } = (await server.api.register({ email })).body;
    const verification = mails.token(email, 'email-verification');
    const found = await server.app.get(UsersRepository).findById(user.id);
    if (!found) throw new Error('no user');
    const users = server.app.get(UsersService);
    await users.upgradePasswordHash({ ...found, passwordChangeRequired: true }, found.passwordHash);
    await reset(await resetToken(email));

    const { accessToken } = (await server.api.login(email, NEW_PASSWORD)).body;
    expect((await server.api.profile(accessToken)).status).toBe(200);
    const verified = await flows.verifyEmail(verification);
    expectProblem(verified, 400, 'ONE_TIME_TOKEN_INVALID');
  });

  it('refuses all that is no good token with the same words', async () => {
    const { user } = await register();
    const verification = mails.token(user.email, 'email-verification');
    const used = await resetToken(user.email);
    await reset(used);
    const random = `lk_ot_${'A'.repeat(43)}`;
    const answers = [];
    for (const token of [
      verification,
      used,
      random,
      `${used} `,
      used.slice(6),
      'x',
      '\0',
      '😀',
      'é'.repeat(256),
    ]) {
      answers.push((await reset(token)).body);
    }

    expect(new Set(answers.map((body) => JSON.stringify(body))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 400, code: 'ONE_TIME_TOKEN_INVALID' });
  });

  it('builds its link from PUBLIC_URL, whatever the request says of itself', async () => {
    const { user } = await register();
    const forged = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example;proto=https',
      origin: 'https://evil.example',
      referer: 'https://evil.example/',
    };
    expect((await forgot(user.email, forged)).status).toBe(202);

    const { port } = new URL(server.url);
    expect(mails.last(user.email, 'password-reset').link).toMatch(
      new RegExp(`^http://localhost:${port}/reset-password#token=lk_ot_[\\w-]{43}$`),
    );
  });

  it('asks for the language that the browser asks for', async () => {
    const { user } = await register();
    await forgot(user.email, { 'accept-language': 'de-CH, de;q=0.9' });
    expect(mails.to(user.email, 'password-reset')[0]?.language).toBe('de-CH, de;q=0.9');
  });

  it('leaves no token in the database, only its hash', async () => {
    const { user } = await register();
    const token = await resetToken(user.email);
    const db = server.app.get<Database>(DATABASE);
    const rows = await db.select().from(oneTimeTokens).where(eq(oneTimeTokens.subject, user.id));

    expect(rows.map(({ purpose }) => purpose).toSorted()).toEqual(['email-verification', 'password-reset']);
    expect(JSON.stringify(rows)).not.toContain(token.slice(6));
    expect(JSON.stringify(rows)).not.toContain(PASSWORD);
  });

  describe('under attack from several sides', () => {
    it('of ten uses of one token at once is done by one', async () => {
      const { user } = await register();
      const token = await resetToken(user.email);
      const wishes = Array.from({ length: 10 }, (_, index) => `${NEW_PASSWORD} ${index}`);
      const answers = await Promise.all(wishes.map((wish) => reset(token, wish)));

      const winners = wishes.filter((_, index) => answers[index]?.status === 204);
      expect(winners).toHaveLength(1);
      for (const { status, body } of answers) {
        if (status !== 204) expect([status, body.code]).toEqual([400, 'ONE_TIME_TOKEN_INVALID']);
      }
      expect((await server.api.login(user.email, winners[0])).status).toBe(200);
      expect(mails.to(user.email, 'password-changed')).toHaveLength(1);
    });

    it('leaves nothing alive of refreshes and logins that race it', async () => {
      for (let round = 0; round < 8; round += 1) {
        const first = await register();
        const { email } = first.user;
        const signedIn = [first, (await server.api.login(email)).body, (await server.api.login(email)).body];
        const token = await resetToken(email);
        const chains = signedIn.map(async ({ refreshToken, accessToken }) => {
          const tokens = { refreshToken, accessToken };
          // Until the reset has ended the session, so that one refresh or another overlaps it.
          for (;;) {
            const { status, body } = await server.api.refresh(tokens.refreshToken);
            if (status !== 200) break;
            Object.assign(tokens, body);
          }
          return tokens;
        });
        const logins = [server.api.login(email), server.api.login(email)];
        const [done, ...survivors] = await Promise.all([reset(token), ...chains]);
        const sneaked = (await Promise.all(logins)).filter(({ status }) => status === 200);

        expect(done.status).toBe(204);
        for (const { refreshToken, accessToken } of [...survivors, ...sneaked.map(({ body }) => body)]) {
          expect((await server.api.profile(accessToken)).body.code).toBe('TOKEN_REVOKED');
          expect((await server.api.refresh(refreshToken)).body.code).toBe('SESSION_ENDED');
        }
      }
    });

    it('and a change of the password at once leaves one of the two passwords, without a deadlock', async () => {
      for (let round = 0; round < 10; round += 1) {
        const { user, accessToken } = await register();
        const token = await resetToken(user.email);
        const answers = await Promise.all([
          reset(token, 'the password that was reset'),
          flows.changePassword({ accessToken }, 'the changed password'),
        ]);

        expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
        expect(answers.every(({ status }) => status < 500)).toBe(true);
        expectProblem(await server.api.login(user.email, PASSWORD), 401, 'INVALID_CREDENTIALS');
      }
    });
  });
});

describe('A link in a mail', () => {
  it('is not built from Host or X-Forwarded-Host, also behind a trusted proxy', async () => {
    const mails = new CapturedMails();
    const server = await startTestApp({
      environment: { TRUST_PROXY: '127.0.0.1', PUBLIC_URL: 'https://id.example.com/base/' },
      providers: [mails.provider],
    });
    const { email } = (await server.api.register()).body.user;
    const body = JSON.stringify({ email });
    const lines = [
      'POST /api/auth/password/forgot HTTP/1.1',
      'Host: evil.example',
      'X-Forwarded-Host: evil.example',
      'X-Forwarded-Proto: http',
      'X-Forwarded-For: 203.0.113.7',
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      'Connection: close',
    ];
    const answer = await sendRaw(server.url, `${lines.join('\r\n')}\r\n\r\n${body}`);

    expect(answer.status).toBe(202);
    expect(mails.last(email, 'password-reset').link).toMatch(
      /^https:\/\/id\.example\.com\/base\/reset-password#token=lk_ot_[\w-]{43}$/,
    );
    expect(JSON.stringify(mails.all)).not.toContain('evil');
    await server.close();
  });
});

describe('Forgotten passwords', () => {
  it('are limited by address as FORGOT_RATE_LIMIT says, and resets as RESET_RATE_LIMIT says', async () => {
    const server = await startTestApp({
      environment: { FORGOT_RATE_LIMIT: '2/1m', RESET_RATE_LIMIT: '3/1m' },
    });
    const statuses = async (path: string, json: object) => {
      const answers = [];
      for (let count = 0; count < 4; count += 1) answers.push((await server.api.post(path, json)).status);
      return answers;
    };
    expect(await statuses('/api/auth/password/forgot', { email: uniqueEmail() })).toEqual([
      202, 202, 429, 429,
    ]);
    const json = { token: 'lk_ot_x', password: NEW_PASSWORD };
    expect(await statuses('/api/auth/password/reset', json)).toEqual([400, 400, 400, 429]);
    await server.close();
  });
});
