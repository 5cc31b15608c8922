import { Body, Controller, Injectable, Post } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { drizzle } from 'drizzle-orm/node-postgres';
import { pgSchema, text, uuid } from 'drizzle-orm/pg-core';
import {
  AccountRegistration,
  type AccountToRegister,
  AuthEvents,
  LatchkeyModule,
  Outbox,
  Public,
  SharedTransactions,
  UsersRepository,
} from 'latchkey';
import pg from 'pg';
import { ApiClient, PASSWORD, uniqueEmail } from '../../support/api-client.js';
import { CapturedMails } from '../../support/captured-mails.js';
import { createDatabase, describeWithPostgres, type TestDatabase } from '../../support/services/available.js';
import { eventually } from '../support/eventually.js';
import { type ExtendedApp, type Platform, startExtendedApp } from '../access/extended-app.js';

const { BYTEA, INT8: BIGINT, JSON: JSON_TEXT, JSONB, TIMESTAMPTZ } = pg.types.builtins;
const READ_AS_NONSENSE = [JSON_TEXT, JSONB, BYTEA];
const companies = pgSchema('shop').table('companies', { name: text('name'), owner: uuid('owner') });

const NEW_PASSWORD = 'another one that is long';
const CLIENT = { ip: null, userAgent: null, language: null, requestId: null };

@Injectable()
class Heard {
  readonly registered: string[] = [];

  constructor(events: AuthEvents) {
    events.on('user.registered', ({ subject }) => void this.registered.push(subject));
  }
}

interface CompanyBody extends AccountToRegister {
  readonly company: string;
}

/** Registers with the row of a company, as its header says. */
@Controller('companies')
@Public()
class CompaniesController {
  constructor(
    private readonly accounts: AccountRegistration,
    private readonly transactions: SharedTransactions,
  ) {}

  @Post()
  async register(@Body() { company, ...given }: CompanyBody): Promise<object> {
    const account = await this.accounts.prepare(given, CLIENT);
    const user = await this.transactions.run(async (transaction, client) => {
      const made = await account.within(transaction);
      const db = drizzle({ client: client as pg.PoolClient });
      await db.insert(companies).values({ name: company, owner: made.id });
      if (company === 'Nowhere') throw new Error('There is no such company.');
      return made;
    });
    return { id: user.id };
  }
}

describeWithPostgres('In a database that the application hands in', () => {
  describe.each<Platform>(['Fastify', 'Express'])('on %s', (platform) => {
    let database: TestDatabase;
    let pool: pg.Pool;
    let app: ExtendedApp;
    let mails: CapturedMails;
    let email: string;
    const parsers = [BIGINT, TIMESTAMPTZ, ...READ_AS_NONSENSE].map(
      (oid) => [oid, pg.types.getTypeParser(oid)] as const,
    );

    beforeAll(async () => {
      database = await createDatabase();
      // What an application may well have set, and Latchkey must neither change nor stumble over.
      pg.types.setTypeParser(BIGINT, BigInt);
      pg.types.setTypeParser(TIMESTAMPTZ, () => 'a time');
      for (const oid of READ_AS_NONSENSE) pg.types.setTypeParser(oid, () => 'nonsense');
      pool = new pg.Pool({
        connectionString: database.url,
        application_name: 'shop',
        max: 3,
        options: '-c search_path=shop -c statement_timeout=7s -c default_transaction_isolation=serializable',
      });
      await pool.query('create schema shop; create table companies (name text unique, owner uuid)');
      mails = new CapturedMails();
      app = await startExtendedApp(platform, {
        controllers: [CompaniesController],
        latchkey: (config) =>
          LatchkeyModule.forRootAsync({
            initialAdmin: false,
            providers: [Heard, { provide: Outbox, useValue: mails }],
            useFactory: () => ({ config, database: { pool } }),
          }),
      });
    });
    beforeEach(() => {
      email = uniqueEmail();
    });
    afterAll(async () => {
      for (const [oid, parser] of parsers) pg.types.setTypeParser(oid, parser);
      await pool.end();
      await database.drop();
    });

    const heard = () => app.app.get(Heard, { strict: false }).registered;
    const userOf = (address: string) => app.app.get(UsersRepository).findByEmail(address);
    const ownersOf = async (company: string) => {
      const { rows } = await pool.query<{ owner: string }>('select owner from companies where name = $1', [
        company,
      ]);
      return rows.map(({ owner }) => owner);
    };
    const register = (company: string) =>
      fetch(`${app.url}/companies`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ company, email, password: PASSWORD }),
      });
    const begun = async () => {
      const client = await pool.connect();
      await client.query('begin');
      const joined = app.app.get(SharedTransactions).join(client);
      const account = await app.app.get(AccountRegistration).prepare({ email, password: PASSWORD }, CLIENT);
      const { id } = await account.within(joined);
      await client.query('insert into companies values ($1, $2)', [email, id]);
      return { client, joined, id };
    };

    it('has its tables in its own schema, and every flow', async () => {
      const { rows } = await pool.query<{ schema: string }>(
        `select distinct table_schema as schema from information_schema.tables
         where table_schema not in ('pg_catalog', 'information_schema') order by 1`,
      );
      expect(rows.map(({ schema }) => schema)).toEqual(['latchkey', 'shop']);
      const api = new ApiClient(app.url);
      expect((await api.register({ email })).status).toBe(201);
      const { accessToken: token, refreshToken } = (await api.login(email, PASSWORD)).body;
      const refreshed = await api.post<object>('/api/auth/refresh', { refreshToken });
      expect(refreshed).toMatchObject({ status: 200, body: { tokenType: 'Bearer' } });
      const sessions = await api.get<{ createdAt: string }[]>('/api/auth/sessions', { token });
      expect(sessions.body.map(({ createdAt }) => new Date(createdAt).toISOString())).toEqual(
        sessions.body.map(({ createdAt }) => createdAt),
      );
      expect(sessions.body).toHaveLength(2);
    });

    it('opens no connection beside those of the pool, but one that listens', async () => {
      // As many at once as the pool has connections, so that all of them are open.
      await Promise.all(Array.from({ length: 3 }, () => pool.query('select pg_sleep(0.2)')));
      await Promise.all(Array.from({ length: 10 }, () => new ApiClient(app.url).register()));
      const { rows } = await pool.query<{ name: string; number: unknown }>(
        `select application_name as name, count(*) as number from pg_stat_activity
         where datname = current_database() and backend_type = 'client backend' group by 1 order by 1`,
      );
      expect(rows).toEqual([
        { name: 'latchkey push', number: 1n },
        { name: 'shop', number: 3n },
      ]);
    });

    it('leaves what the application has set on its connections, and for what comes of them', async () => {
      await Promise.all(Array.from({ length: 3 }, () => new ApiClient(app.url).register()));
      const settings = await Promise.all(
        Array.from({ length: 3 }, () =>
          pool.query(
            `select current_setting('search_path') as path, current_setting('statement_timeout') as timeout,
               current_setting('client_min_messages') as messages, 1::bigint as one, now() as now, '{}'::jsonb as json, pg_sleep(0.05)`,
          ),
        ),
      );
      for (const { rows } of settings)
        expect(rows).toMatchObject([
          { path: 'shop', timeout: '7s', messages: 'notice', one: 1n, now: 'a time', json: 'nonsense' },
        ]);
    });

    it('makes an account and a row of the application in one transaction, and tells of it afterwards', async () => {
      const answer = await register(email);
      expect(answer.status).toBe(201);
      const { id } = (await answer.json()) as { id: string };
      expect(await ownersOf(email)).toEqual([id]);
      expect(await userOf(email)).toMatchObject({ id });
      expect(mails.to(email)).toHaveLength(1);
      await eventually(() => Promise.resolve(expect(heard()).toContain(id)));
      expect((await new ApiClient(app.url).login(email, PASSWORD)).status).toBe(200);
    });

    it('makes neither where the application fails, nor where the account does, and tells of nothing', async () => {
      const told = heard().length;
      expect((await register('Nowhere')).status).toBe(500);
      expect([await ownersOf('Nowhere'), await userOf(email), mails.to(email)]).toEqual([[], undefined, []]);
      const { user } = (await new ApiClient(app.url).register({ email })).body;
      mails.all.length = 0;
      const taken = await register(email);
      expect([taken.status, await ownersOf(email), mails.all]).toEqual([409, [], []]);
      // In order: had the others been told of, it would have been before.
      await eventually(() => Promise.resolve(expect(heard()).toContain(user.id)));
      expect(heard().slice(told)).toEqual([user.id]);
    });

    it('refuses what the route for registration refuses, before a transaction is begun', async () => {
      const accounts = app.app.get(AccountRegistration);
      await expect(accounts.prepare({ email: 'none', password: PASSWORD }, CLIENT)).rejects.toMatchObject({
        code: 'VALIDATION_FAILED',
        fields: [{ field: 'email' }],
      });
      await expect(accounts.prepare({ email, password: 'password' }, CLIENT)).rejects.toMatchObject({
        code: 'PASSWORD_REJECTED',
      });
    });

    it('says so where a transaction cannot be committed, since a failure in it was overheard', async () => {
      const work = app.app.get(SharedTransactions).run(async (transaction, client) => {
        const accounts = app.app.get(AccountRegistration);
        await (await accounts.prepare({ email, password: PASSWORD }, CLIENT)).within(transaction);
        await client.query('select 1 from nothing').catch(() => undefined);
      });
      await expect(work).rejects.toThrow('The transaction was rolled back: a statement in it failed.');
      expect([await userOf(email), mails.to(email)]).toEqual([undefined, []]);
    });

    it('writes in a transaction that the application has begun, and tells of it once that says it is committed', async () => {
      const { client, joined, id } = await begun();
      expect(await userOf(email)).toBeUndefined();
      await client.query('commit');
      client.release();
      expect([mails.to(email), heard().includes(id)]).toEqual([[], false]);
      await joined.committed();
      await joined.committed();
      expect(mails.to(email)).toHaveLength(1);
      await eventually(() => Promise.resolve(expect(heard()).toContain(id)));
      expect([await ownersOf(email), (await userOf(email))?.id]).toEqual([[id], id]);
    });

    it('leaves nothing in one that the application rolls back', async () => {
      const { client } = await begun();
      await client.query('rollback');
      client.release();
      expect([await ownersOf(email), await userOf(email), mails.to(email)]).toEqual([[], undefined, []]);
    });

    it('leaves the pool open when the application closes', async () => {
      await app.close();
      const { rows } = await pool.query(
        `select application_name as name, 1 as one from pg_stat_activity
         where datname = current_database() and application_name <> 'shop'`,
      );
      expect(rows).toEqual([]);
      expect(pool.ended).toBe(false);
    });
  });

  describe('through a pool of a single connection', () => {
    let database: TestDatabase;
    let pool: pg.Pool;
    let app: ExtendedApp;
    const mails = new CapturedMails();

    beforeAll(async () => {
      database = await createDatabase();
      pool = new pg.Pool({ connectionString: database.url, max: 1 });
      app = await startExtendedApp('Fastify', {
        latchkey: (config) =>
          LatchkeyModule.forRoot({
            config,
            initialAdmin: false,
            providers: [mails.provider],
            database: { pool },
          }),
      });
    });
    afterAll(async () => {
      await app?.close();
      await pool.end();
      await database.drop();
    });

    it('no flow waits for a connection that it holds itself, of many at once', async () => {
      const api = new ApiClient(app.url);
      const flow = async () => {
        const address = uniqueEmail();
        const registered = (await api.register({ email: address })).body;
        const { accessToken: token, refreshToken } = (await api.login(address, PASSWORD)).body;
        const answers = [
          await api.refresh(refreshToken),
          await api.refresh(refreshToken),
          await api.request('PATCH', '/api/profile', { json: { name: 'Ada' }, token }),
          await api.get('/api/profile', { token }),
          await api.get('/api/auth/sessions', { token }),
          await api.get('/api/profile/audit', { token }),
          await api.get('/api/profile/export', { token }),
          await api.post('/api/auth/password/forgot', { email: address }),
        ];
        await eventually(() => Promise.resolve(expect(mails.to(address, 'password-reset')).toHaveLength(1)));
        const reset = mails.last(address, 'password-reset').link.split('#token=')[1];
        answers.push(await api.post('/api/auth/password/reset', { token: reset, password: NEW_PASSWORD }));
        answers.push(await api.refresh(registered.refreshToken));
        const again = (await api.login(address, NEW_PASSWORD)).body.accessToken;
        answers.push(await api.post('/api/auth/logout', undefined, { token: again }));
        answers.push(await api.get('/api/profile', { token: again }));
        return answers.map(({ status }) => status);
      };
      const expected = [200, 200, 200, 200, 200, 200, 200, 202, 204, 401, 204, 401];
      expect(await Promise.all([flow(), flow(), flow()])).toEqual([expected, expected, expected]);
      expect([pool.totalCount, pool.waitingCount]).toEqual([1, 0]);
    });

    it('goes on after the application has discarded what its connection knew, prepared statements included', async () => {
      const api = new ApiClient(app.url);
      const { body } = await api.register();
      const statuses: number[] = [];
      let { refreshToken } = body;
      for (let round = 0; round < 2; round += 1) {
        await pool.query('discard all');
        const refreshed = await api.refresh(refreshToken);
        ({ refreshToken } = refreshed.body);
        await pool.query('discard all');
        const profile = await api.get('/api/profile', { token: refreshed.body.accessToken });
        statuses.push(refreshed.status, profile.status);
      }
      expect(statuses).toEqual([200, 200, 200, 200]);
    });
  });
});
