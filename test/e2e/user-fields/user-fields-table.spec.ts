import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import {
  CredentialStrategy,
  type PasswordDecision,
  type PasswordLogin,
} from '../../../src/auth/credentials/credential-strategy.js';
import { FieldIndex } from '../../../src/auth/fields/field-index.js';
import { ConfigurationError } from '../../../src/config/configuration-error.js';
import type { Transaction } from '../../../src/common/unit-of-work.js';
import { DatabaseConnection, InjectDatabase } from '../../../src/database/database.js';
import { handleIn } from '../../../src/database/handle-in.js';
import type { UserFieldValues } from '../../../src/users/fields/user-field.js';
import { UserFields } from '../../../src/users/fields/user-fields.js';
import { UserFieldsStore } from '../../../src/users/user-fields-store.js';
import { UserFieldsTable } from '../../../src/users/user-fields-table.js';
import { UsersRepository } from '../../../src/users/users.repository.js';
import { PASSWORD, uniqueEmail } from '../../support/api-client.js';
import { expectProblem } from '../support/problems.js';
import { IN_OWN_TABLE, OWN_TABLE } from './own-table.js';
import { StaffFields } from './staff-fields.js';
import { StaffServer } from './staff-server.js';

describe("A team's own table of fields", () => {
  let staff: StaffServer;

  beforeAll(async () => {
    staff = await StaffServer.start({}, IN_OWN_TABLE);
  });
  afterAll(() => staff.close());

  async function read(from: ReturnType<typeof sql>): Promise<unknown[]> {
    const { db } = staff.server.app.get(DatabaseConnection);
    const rows = await db.select({ row: sql<unknown>`to_jsonb("it")` }).from(sql`${from} as "it"`);
    return rows.map(({ row }) => row);
  }

  const rowsOf = (id: string) => read(sql`(select * from "hr"."Staff" where user_id = ${id})`);

  it('holds them in columns of their types, and the attributes of the user hold none', async () => {
    const address = { street: 'Hauptstraße 1', city: 'Berlin' };
    const { user } = await staff.user({ telephone: '+49 30 123456', address });
    expect(await rowsOf(user.id)).toEqual([
      {
        user_id: user.id,
        number: user.staffNumber,
        telephone: '+49 30 123456',
        tenant_id: null,
        language: 'en',
        address,
      },
    ]);
    const users = await read(sql`(select attributes from "latchkey"."users" where id = ${user.id})`);
    expect(users).toEqual([{ attributes: {} }]);
  });

  it('holds nothing of a user who is gone, with a reference to users and without', async () => {
    const { db } = staff.server.app.get(DatabaseConnection);
    const remain = async () => {
      const { user, accessToken: token } = await staff.user();
      expect(await rowsOf(user.id)).toHaveLength(1);
      await staff.api.request('DELETE', '/api/profile', { token, json: { password: PASSWORD } });
      return rowsOf(user.id);
    };
    expect(await remain()).toEqual([]);
    await db.execute(sql`alter table "hr"."Staff" drop constraint "Staff_user_id_fkey"`);
    expect(await remain()).toEqual([]);
  });

  it.each([
    ['read with them', (users: UsersRepository) => users],
    ['kept elsewhere', (users: UsersRepository) => withoutReading(users)],
  ])('is searched in full pages, whatever rows have no user, where users are %s', async (_, repositoryOf) => {
    const { app } = staff.server;
    const { db } = app.get(DatabaseConnection);
    await db.execute(sql`alter table "hr"."Staff" drop constraint if exists "Staff_user_id_fkey"`);
    const tenantId = randomUUID();
    const all = await Promise.all(Array.from({ length: 5 }, () => staff.user()));
    const ids = all.map(({ user }) => user.id).toSorted();
    await db.execute(
      sql`update "hr"."Staff" set tenant_id = ${tenantId} where user_id = any(${arrayOf(ids)}::uuid[])`,
    );
    // Rows before, between and after those of users.
    const orphans = ['0', '8', 'f'].flatMap((first) =>
      Array.from({ length: 3 }, () => `${first}${randomUUID().slice(1)}`),
    );
    await db.execute(sql`insert into "hr"."Staff" (user_id, number, tenant_id)
      select id, left(id::text, 8), ${tenantId} from unnest(${arrayOf(orphans)}::uuid[]) id`);
    const store = UserFieldsTable.named('Staff', OWN_TABLE).useFactory(
      app.get(DatabaseConnection),
      repositoryOf(app.get(UsersRepository)),
      UserFields.of(StaffFields),
    ) as UserFieldsStore;
    const pages: string[][] = [];
    for (let after = ''; pages.length < 3; after = pages.at(-1)?.at(-1) ?? '') {
      const page = await store.findUsers('tenantId', tenantId, { limit: 2, ...(after !== '' && { after }) });
      pages.push(page.map(({ user }) => user.id));
    }
    expect(pages).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
  });

  it('gets a row when a user who has none is given fields, once, however many give them at once', async () => {
    const admin = await staff.admin();
    const { user } = await staff.user();
    const { db } = staff.server.app.get(DatabaseConnection);
    await db.execute(sql`delete from "hr"."Staff" where user_id = ${user.id}`);
    expect((await staff.fields(admin, user.id)).body).toMatchObject({ staffNumber: null, language: null });
    const { staffNumber } = user;
    const answers = await Promise.all(
      ['de', 'en', 'de', 'en'].map((language) => staff.fields(admin, user.id, { staffNumber, language })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await rowsOf(user.id)).toMatchObject([{ number: staffNumber }]);
  });

  it('refuses by its constraints what the declaration lets through, and says which field', async () => {
    const telephone = '+49 00 000000';
    const refused = { errors: [{ field: 'telephone', message: 'telephone has a value that is not taken' }] };
    const registration = await staff.register({ telephone });
    expectProblem(registration, 400, 'VALIDATION_FAILED');
    expect(registration.body).toMatchObject(refused);
    const change = await staff.change(await staff.user(), { telephone });
    expectProblem(change, 400, 'VALIDATION_FAILED');
    expect(change.body).toMatchObject(refused);
    const admin = await staff.admin();
    const { user } = await staff.user();
    const { db } = staff.server.app.get(DatabaseConnection);
    await db.execute(sql`delete from "hr"."Staff" where user_id = ${user.id}`);
    const incomplete = await staff.fields(admin, user.id, { language: 'de' });
    expectProblem(incomplete, 400, 'VALIDATION_FAILED');
    const missing = [{ field: 'staffNumber', message: 'staffNumber must be given' }];
    expect(incomplete.body).toMatchObject({ errors: missing });
  });

  it('holds those of an account that comes from elsewhere at its first login', async () => {
    class Elsewhere extends CredentialStrategy {
      readonly name = 'elsewhere';

      override checkPassword({ email }: PasswordLogin): Promise<PasswordDecision> {
        const account = { id: 'e1', email, fields: { telephone: '+49 30 777777', staffNumber: 'E1000' } };
        return Promise.resolve({ outcome: 'accept', account });
      }
    }
    const strategy = { provide: CredentialStrategy, useClass: Elsewhere };
    const providers = [...(IN_OWN_TABLE.providers ?? []), strategy];
    const server = await StaffServer.start({}, { providers });
    const { status, body } = await server.api.post<{ user: object }>('/api/auth/login', {
      email: uniqueEmail(),
      password: PASSWORD,
    });
    expect([status, body.user]).toEqual([
      200,
      expect.objectContaining({ staffNumber: 'E1000', telephone: '+49 30 777777' }),
    ]);
    await server.close();
  });

  it('moves the time at which the user was changed', async () => {
    const user = await staff.user();
    const updatedAt = async () => {
      const { body } = await staff.api.get<{ profile: { updatedAt: string } }>('/api/profile/export', {
        token: user.accessToken,
      });
      return body.profile.updatedAt;
    };
    const before = await updatedAt();
    staff.server.clock.advance(5000);
    await staff.change(user, { telephone: '+49 30 987654' });
    expect(Date.parse(await updatedAt()) - Date.parse(before)).toBeGreaterThanOrEqual(5000);
  });

  describe('ends the start with a line for each', () => {
    const starting = async (name: string, columns: Record<string, string> = {}) => {
      const { app } = staff.server;
      const fields = UserFields.of(StaffFields);
      const options = { ...OWN_TABLE, columns: { ...OWN_TABLE.columns, ...columns } };
      const store: UserFieldsStore = await UserFieldsTable.named(name, options).useFactory(
        app.get(DatabaseConnection),
        app.get(UsersRepository),
        fields,
      );
      const start = new FieldIndex(fields, store).onApplicationBootstrap();
      const failed: unknown = await start.catch((error: unknown) => error);
      return failed instanceof ConfigurationError ? failed.problems : failed;
    };

    it.each([
      [
        'where the table is missing',
        ['staff'],
        ['There is no table "hr"."staff", in which fields of users are to be kept.'],
      ],
      [
        'where a column is',
        ['Staff', { telephone: 'phone' }],
        ['The table "hr"."Staff" has no column phone.'],
      ],
      [
        'where a column is named twice',
        ['Staff', { telephone: 'user_id', language: 'tenant_id' }],
        [
          'The column user_id of "hr"."Staff" is named for more than one thing.',
          'The column tenant_id of "hr"."Staff" is named for more than one thing.',
        ],
      ],
      [
        'where a name of columns is of no field',
        ['Staff', { phone: 'telephone' }],
        ['No field is declared that is called phone, whose column is named for "hr"."Staff".'],
      ],
      [
        'where an index is',
        [
          'Staff',
          { staffNumber: 'language', tenantId: 'telephone', telephone: 'number', language: 'tenant_id' },
        ],
        [
          'The field staffNumber is declared unique: the column language of "hr"."Staff" needs a unique index.',
          'The field tenantId is declared searchable: the column telephone of "hr"."Staff" needs an index.',
        ],
      ],
    ] as [string, [string, Record<string, string>?], string[]][])(
      '%s',
      async (_, [table, columns], problems) => {
        expect(await starting(table, columns)).toEqual(problems);
      },
    );
  });
});

/** As PostgreSQL writes it. */
const arrayOf = (ids: readonly string[]) => `{${ids.join()}}`;

/** As one that keeps users in another engine. */
function withoutReading(users: UsersRepository): UsersRepository {
  return Object.create(users, { reading: { value: undefined } }) as UsersRepository;
}

describe("A team's own store of fields", () => {
  /** Notes who came, and then finds no room for more. */
  @Injectable()
  class FullStore extends UserFieldsStore implements OnModuleInit {
    constructor(@InjectDatabase() private readonly db: PgDatabase<PgQueryResultHKT>) {
      super();
    }

    async onModuleInit(): Promise<void> {
      await this.db.execute(sql`create table arrivals (id text)`);
    }

    async create(id: string, _values: UserFieldValues, transaction: Transaction): Promise<void> {
      await handleIn(this.db, transaction).execute(sql`insert into arrivals values (${id})`);
      throw new Error('The disk is full.');
    }

    find = () => Promise.resolve({});
    change = () => Promise.resolve();
    erase = () => Promise.resolve();
    findUsers = () => Promise.resolve([]);
    prepare = () => Promise.resolve();
  }

  it('is written with the account, or neither is', async () => {
    const staff = await StaffServer.start(
      {},
      { providers: [{ provide: UserFieldsStore, useClass: FullStore }] },
    );
    const users = staff.server.app.get(UsersRepository);
    const before = await users.count();
    expectProblem(await staff.register(), 500, 'INTERNAL');
    const { db } = staff.server.app.get(DatabaseConnection);
    expect([await users.count(), await db.$count(sql`arrivals`)]).toEqual([before, 0]);
    await staff.close();
  });
});
