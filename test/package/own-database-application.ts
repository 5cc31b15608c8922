/**
 * An application with a pool, transactions, guards and addresses of its own, in whose database Latchkey has its tables already: prints what
 * came of them.
 */
export const OWN_DATABASE_APPLICATION = `
import { mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AccountRegistration, LatchkeyModule, SharedTransactions, UsersRepository } from 'latchkey';
import pg from 'pg';

class Shelves { all() { return []; } }
Controller('shelves')(Shelves);
Get()(Shelves.prototype, 'all', Object.getOwnPropertyDescriptor(Shelves.prototype, 'all'));

const pool = new pg.Pool({ connectionString: process.env.SHOP_DATABASE, max: 2, options: '-c search_path=shop' });
pg.types.setTypeParser(20, BigInt);
await pool.query('create schema shop; create table companies (name text, owner uuid)');
class Shop {}
const latchkey = LatchkeyModule.forRootAsync({
  useFactory: () => ({
    database: { pool, migrate: false }, databaseSchema: 'auth', dataDir: mkdtempSync(join(process.cwd(), 'data-')),
  }),
  routes: { prefix: 'id', except: ['registration'] },
  initialAdmin: false,
  globalGuards: false,
});
Module({ imports: [latchkey], controllers: [Shelves] })(Shop);
const app = await NestFactory.create(Shop, { logger: false, abortOnError: false });
await app.listen(0, '127.0.0.1');

const password = 'correct horse battery staple';
const client = { ip: null, userAgent: null, language: null, requestId: null };
const insert = (on, name, { id }) => on.query('insert into shop.companies values ($1, $2)', [name, id]);
const prepare = (email) => app.get(AccountRegistration).prepare({ email, password }, client);
const transactions = app.get(SharedTransactions);

const ada = await prepare('ada@example.com');
const { id } = await transactions.run(async (transaction, on) => {
  const user = await ada.within(transaction);
  await insert(on, 'Acme', user);
  return user;
});
const bob = await prepare('bob@example.com');
const failed = await transactions.run(async (transaction, on) => {
  await insert(on, 'Nowhere', await bob.within(transaction));
  throw new Error('no');
}).catch(({ message }) => message);
const own = await pool.connect();
await own.query('begin');
const joined = transactions.join(own);
await insert(own, 'Roadrunner', await (await prepare('eve@example.com')).within(joined));
await own.query('commit');
own.release();
await joined.committed();

const url = await app.getUrl();
const post = (path, body) => fetch(url + path, {
  method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
});
const login = await post('/id/auth/login', { email: 'ada@example.com', password });
const { user } = await login.json();
const status = async (path) => (await fetch(url + path)).status;
const users = app.get(UsersRepository);
const answers = {
  otherCopyOfPg: createRequire(import.meta.resolve('latchkey'))('pg') !== pg,
  same: user.id === id,
  failed,
  rolledBack: (await users.findByEmail('bob@example.com')) === undefined,
  joined: (await users.findByEmail('eve@example.com')) !== undefined,
  registration: (await post('/id/auth/register', {})).status,
  own: await status('/shelves'),
  profile: await status('/id/profile'),
  jwks: await status('/.well-known/jwks.json'),
};
await app.close();
const { rows } = await pool.query("select name, (select count(*) from auth.users) as users from companies order by 1");
answers.afterwards = rows.map(({ name, users: count }) => [name, typeof count, Number(count)]);
answers.ended = pool.ended;
await pool.end();
process.stdout.write(JSON.stringify(answers));
`;

export const OWN_DATABASE_ANSWERS = {
  otherCopyOfPg: true,
  same: true,
  failed: 'no',
  rolledBack: true,
  joined: true,
  registration: 404,
  own: 200,
  profile: 401,
  jwks: 200,
  afterwards: [
    ['Acme', 'bigint', 2],
    ['Roadrunner', 'bigint', 2],
  ],
  ended: false,
};
