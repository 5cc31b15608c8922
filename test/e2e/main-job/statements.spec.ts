import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { UsersRepository } from '../../../src/users/users.repository.js';
import { PostgresUsersRepository } from '../../../src/users/postgres-users.repository.js';
import type { SignedIn } from '../../support/api-client.js';
import { createDatabase, describeWithPostgres, type TestDatabase } from '../../support/services/available.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { eventually } from '../support/eventually.js';

const SECRET = randomBytes(48).toString('base64');

/** What happens beside requests: reading what others revoked, sending mails, telling others what was counted. */
const BESIDE = /"(revocations|mail_outbox|rate_limits)"|notify|select 1|signing_keys/i;

/** What is sent to PostgreSQL on behalf of requests. */
class Statements {
  readonly texts: string[] = [];

  constructor() {
    const { texts } = this;
    // oxlint-disable-next-line typescript/unbound-method -- called with the client it is called on
    const original = pg.Client.prototype.query as (this: pg.Client, ...args: unknown[]) => unknown;
    pg.Client.prototype.query = function query(this: pg.Client, ...args: unknown[]): never {
      const [sent] = args;
      texts.push(typeof sent === 'string' ? sent : ((sent as { text?: string }).text ?? ''));
      return original.apply(this, args) as never;
    };
    this.restore = () => {
      pg.Client.prototype.query = original as typeof pg.Client.prototype.query;
    };
  }

  readonly restore: () => void;

  async of(request: () => Promise<{ status: number }>): Promise<string[]> {
    this.texts.length = 0;
    const { status } = await request();
    if (status >= 300) throw new Error(`The request was answered ${status}.`);
    return this.texts.filter((text) => !BESIDE.test(text));
  }
}

/** A team's repository, which may keep users anywhere. */
class TeamUsersRepository extends PostgresUsersRepository {
  override readonly reading = undefined as never;
}

describeWithPostgres('The statements of a request', () => {
  let database: TestDatabase;
  let server: TestApp;
  let statements: Statements;
  let account: SignedIn;

  beforeAll(async () => {
    database = await createDatabase();
    server = await startTestApp({
      environment: { DATABASE_URL: database.url, APP_SECRET: SECRET },
    });
    account = (await server.api.register()).body;
    statements = new Statements();
  });
  afterAll(async () => {
    statements.restore();
    await server.close();
    await database.drop();
  });

  /** Until nothing else is under way: mails of before, say. */
  async function expectStatements(
    request: () => Promise<{ status: number }>,
    expected: readonly RegExp[],
  ): Promise<void> {
    await eventually(async () => {
      expect(await statements.of(request)).toEqual(expected.map((text) => expect.stringMatching(text)));
    });
  }

  it('to refresh: one', async () => {
    await expectStatements(async () => {
      const answer = await server.api.refresh(account.refreshToken);
      account = { ...account, ...answer.body };
      return answer;
    }, [/^update "sessions"/]);
  });

  it('to read the profile: one', async () => {
    await expectStatements(() => server.api.profile(account.accessToken), [/^select .* from "users"/s]);
  });

  it('to verify a token: none', async () => {
    const { accessToken } = (await server.api.login(account.user.email)).body;
    await expectStatements(() => server.api.get('/api/auth/verify', { token: accessToken }), []);
  });

  it('to log out: those of one transaction', async () => {
    await eventually(async () => {
      const { accessToken } = (await server.api.login(account.user.email)).body;
      const sent = await statements.of(() =>
        server.api.post('/api/auth/logout', undefined, { token: accessToken }),
      );
      expect([sent[0], sent.at(-1)]).toEqual(['begin', 'commit']);
      expect(sent.filter((text) => text === 'begin')).toHaveLength(1);
    });
  });

  it('to log in: nine at most', async () => {
    await eventually(async () => {
      const sent = await statements.of(() => server.api.login(account.user.email));
      expect(sent.length).toBeLessThanOrEqual(9);
    });
  });

  it("to refresh with a team's own repository of users: one more", async () => {
    const team = await startTestApp({
      environment: { DATABASE_URL: database.url, APP_SECRET: SECRET },
      overrides: { users: { providers: [{ provide: UsersRepository, useClass: TeamUsersRepository }] } },
    });
    try {
      let { refreshToken } = (await team.api.register()).body;
      await expectStatements(async () => {
        const answer = await team.api.refresh(refreshToken);
        ({ refreshToken } = answer.body);
        return answer;
      }, [/^update "sessions"/, /^select .* from "users"/s]);
    } finally {
      await team.close();
    }
  });
});
