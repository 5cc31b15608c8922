import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { PASSWORD, uniqueEmail } from '../../support/api-client.js';
import { createDatabase, describeWithPostgres, type TestDatabase } from '../../support/services/available.js';
import { CompaniesController } from './company-registration.js';
import { latchkey } from './handed-in-database.js';

@Module({ imports: [latchkey], controllers: [CompaniesController] })
class ShopModule {}

describeWithPostgres('In the database of a shop', () => {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-test-'));
  let database: TestDatabase;
  let app: INestApplication;
  let pool: pg.Pool;

  beforeAll(async () => {
    database = await createDatabase();
    Object.assign(process.env, {
      SHOP_DATABASE: database.url,
      ID_SECRET: 'q0Zs8Yc1Jm5tVw3nKx7bLr2dHf6gPa9e',
      ID_DATA: directory,
    });
    // The first administrator's password.
    const told = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    app = await NestFactory.create(ShopModule, { logger: false, abortOnError: false });
    await app.listen(0, '127.0.0.1');
    told.mockRestore();
    pool = app.get<pg.Pool>(pg.Pool, { strict: false });
    await pool.query(`create schema shop;
      create table shop.companies (name text primary key, owner uuid references auth.users (id))`);
  });
  afterAll(async () => {
    await database.drop();
    rmSync(directory, { recursive: true });
  });

  const register = async (company: string, email: string) => {
    const answer = await fetch(`${await app.getUrl()}/companies`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ company, email, password: PASSWORD }),
    });
    return answer;
  };
  const emails = async () => {
    const { rows } = await pool.query<{ email: string }>(
      'select email from shop.companies join auth.users on owner = id order by 1',
    );
    return rows.map(({ email }) => email);
  };

  it('company-registration.ts makes an account and a company, or neither, and says which is taken', async () => {
    const [first, second] = [uniqueEmail(), uniqueEmail()];
    expect((await register('Acme', first)).status).toBe(201);
    const refused = [await register('Acme', second), await register('Roadrunner', first)];
    expect(refused.map(({ headers }) => headers.get('content-type'))).toEqual(
      Array<string>(2).fill('application/problem+json; charset=utf-8'),
    );
    expect(await Promise.all(refused.map((answer) => answer.json()))).toMatchObject([
      { status: 409, code: 'CONFLICT' },
      { status: 409, code: 'EMAIL_TAKEN' },
    ]);
    expect(await emails()).toEqual([first]);
    expect((await pool.query('select from auth.users where email = $1', [second])).rowCount).toBe(0);
  });

  it('handed-in-database.ts closes its pool itself, after Latchkey has closed', async () => {
    await app.close();
    expect(pool.ended).toBe(true);
  });
});
