import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { NotSupportedError } from '../../../src/common/errors/latchkey-error.js';
import { PostgresUsersRepository } from '../../../src/users/postgres-users.repository.js';
import { UsersRepository } from '../../../src/users/users.repository.js';
import { untilWaiting } from '../../integration/network.js';
import type { SignedIn } from '../../support/api-client.js';
import { describeWithPostgres, type TestDatabase } from '../../support/services/available.js';
import { createMigratedDatabase } from '../../support/services/migrated-database.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { Administration } from '../support/administration.js';
import { expectProblem } from '../support/problems.js';

const SCOPES = ['sessions:read', 'sessions:write', 'users:write'];

/** What support does with an account. */
const ACTIONS: [string, (administration: Administration, by: SignedIn, id: string) => Promise<Answer>][] = [
  [
    'end their sessions',
    (administration, by, id) => administration.ask('DELETE', `/api/admin/users/${id}/sessions`, by),
  ],
  [
    'end one of their sessions',
    async (administration, by, id) => {
      const path = `/api/admin/users/${id}/sessions`;
      const { body } = await administration.server.api.get<{ id: string }[]>(path, { token: by.accessToken });
      return administration.ask('DELETE', `${path}/${body[0]?.id}`, by);
    },
  ],
  [
    'force another password',
    (administration, by, id) => administration.ask('POST', `/api/admin/users/${id}/password-reset`, by),
  ],
];

type Answer = Awaited<ReturnType<Administration['ask']>>;

describeWithPostgres('Support that acts on a user', () => {
  let database: TestDatabase;
  let server: TestApp;
  let administration: Administration;
  let client: pg.Client;

  beforeAll(async () => {
    database = await createMigratedDatabase();
    server = await startTestApp({ environment: { DATABASE_URL: database.url } });
    administration = await Administration.of(server);
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client?.end();
    await server?.close();
    await database?.drop();
  });

  /** Asks while a transaction with the statement is open, which commits once the request waits for it, or is answered. */
  const askDuring = async (statement: string, values: string[], ask: () => Promise<Answer>) => {
    await client.query('begin');
    await client.query(statement, values);
    const asked = ask();
    await Promise.race([untilWaiting(client, 1), asked]);
    await client.query('commit');
    return asked;
  };

  describe.each(ACTIONS)('to %s', (_, act) => {
    it('is refused where the user has just become an administrator', async () => {
      const support = await administration.withScopes(...SCOPES);
      const { user, accessToken } = await administration.user();
      const answer = await askDuring(
        `insert into latchkey.user_roles (user_id, role) values ($1, 'admin')`,
        [user.id],
        () => act(administration, support, user.id),
      );
      expectProblem(answer, 403, 'INSUFFICIENT_SCOPE');
      expect((await server.api.profile(accessToken)).status).toBe(200);
    });

    it('is refused where support has just lost its role', async () => {
      const support = await administration.withScopes(...SCOPES);
      const { user, accessToken } = await administration.user();
      const answer = await askDuring(
        `with held as (select id from latchkey.users where id = $1 for update)
          delete from latchkey.user_roles where user_id = $2 and exists (select from held)`,
        [user.id, support.user.id],
        () => act(administration, support, user.id),
      );
      expectProblem(answer, 403, 'INSUFFICIENT_SCOPE');
      expect((await server.api.profile(accessToken)).status).toBe(200);
    });
  });
});

/** A team's repository, where no transaction can hold a user. */
class TeamUsersRepository extends PostgresUsersRepository {
  override hold(): Promise<never> {
    return Promise.reject(new NotSupportedError());
  }
}

describe('Support that acts on a user kept by a team', () => {
  let server: TestApp;
  let administration: Administration;

  beforeAll(async () => {
    server = await startTestApp({
      environment: {},
      providers: [{ provide: UsersRepository, useClass: TeamUsersRepository }],
    });
    administration = await Administration.of(server);
  });
  afterAll(async () => {
    await server?.close();
  });

  it.each(ACTIONS)('can %s, but not those of an administrator', async (_, act) => {
    const support = await administration.withScopes(...SCOPES);
    const { user, accessToken } = await administration.user();
    expect((await act(administration, support, user.id)).status).toBeLessThan(300);
    expectProblem(await server.api.profile(accessToken), 401, 'TOKEN_REVOKED');
    const { id } = administration.admin.user;
    expectProblem(await act(administration, support, id), 403, 'INSUFFICIENT_SCOPE');
  });
});
