import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { dataDir } from '@electric-sql/pglite-prepopulatedfs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/pglite';
import { isStoreFailure } from '../common/errors/store-failure.js';
import { ARRAY_TYPES } from './array-types.js';
import { PgliteThread } from './pglite-thread.js';
import { isUniqueViolation } from './sql-errors.js';

const FOREVER = 'do $$ begin loop end loop; end $$';

const directories: string[] = [];

const open = () => {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-test-'));
  directories.push(directory);
  return new PgliteThread({ directory, making: `${directory}.making` });
};

afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true });
});

describe('PgliteThread', () => {
  let thread: PgliteThread;

  beforeAll(async () => {
    thread = open();
    await thread.query('create table notes (id int constraint notes_key primary key, text varchar(20))');
  });

  afterAll(() => thread.close());

  beforeEach(() => thread.query('delete from notes'));

  const insert = (id: number, client: Pick<PgliteThread, 'query'> = thread) =>
    client.query('insert into notes values ($1, $2)', [id, `note ${id}`]);

  const ids = async () => {
    const { rows } = await thread.query<[number]>('select id from notes order by id', [], {
      rowMode: 'array',
    });
    return rows.map(([id]) => id);
  };

  it('takes parameters and gives results as PGlite does in the thread of its caller', async () => {
    const direct = await PGlite.create({ loadDataDir: await dataDir() });
    const time = new Date('2026-03-04T05:06:07.891Z');
    const bytes = Buffer.from([0, 1, 127, 128, 255]);
    const statements = [
      sql`select ${time}::timestamptz as a, ${time}::timestamp as b, ${time}::date as c, ${sql.param([time])}::timestamptz[] as d`,
      sql`select ${null}::text as a, ${sql.param(undefined)}::int as b, ${true} as c, ${''} as d, ${"o'clock\n😀"} as e`,
      sql`select ${1.5}::float8 as a, ${2n ** 60n}::int8 as b, ${42}::int as c, '12.30'::numeric as d, '1 day'::interval as e`,
      sql`select array['a', 'b,"c"', null] as a, ${sql.param(['x', null, 'y}'])}::text[] as b, ${sql.param([])}::text[] as c`,
      sql`select ${bytes}::bytea as a, ${new Uint8Array(bytes)}::bytea as b, ${sql.param({ a: [1, { b: null }] })}::jsonb as c`,
      sql`select array[1.50]::numeric[] as a, array['1 day'::interval] as b, array['2026-03-04'::date] as c`,
    ];
    try {
      for (const statement of statements) {
        const [here, there] = [
          await drizzle(direct).execute(statement),
          await drizzleOn(thread).execute(statement),
        ];
        expect(there).toEqual(here);
      }
    } finally {
      await direct.close();
    }
  });

  it('knows the array types of PostgreSQL without asking', async () => {
    const { rows } = await thread.query(
      `select oid, typarray from pg_type
       where typarray <> 0 and oid < 10000 and typtype <> 'c' order by oid`,
      [],
      { rowMode: 'array' },
    );
    expect(ARRAY_TYPES).toEqual(rows);
  });

  it('tells why a statement was refused, and not what its parameters were', async () => {
    await insert(1);
    const refusal = await insert(1).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Error);
    expect(refusal).toMatchObject({
      message: 'duplicate key value violates unique constraint "notes_key"',
      code: '23505',
      severity: 'ERROR',
      detail: 'Key (id)=(1) already exists.',
      table: 'notes',
      constraint: 'notes_key',
    });
    expect(JSON.stringify(refusal)).not.toContain('note 1');
    expect(isUniqueViolation(refusal, 'notes_key')).toBe(true);
    expect(isStoreFailure(refusal)).toBe(false);
    await expect(thread.query('insert into notes values (null)')).rejects.toMatchObject({ column: 'id' });
  });

  it('refuses a parameter that cannot be posted, and goes on', async () => {
    await expect(thread.query('select $1', [() => 1])).rejects.toThrow('could not be cloned');
    expect(await ids()).toEqual([]);
  });

  it('leaves the event loop free while a statement runs', async () => {
    const order: string[] = [];
    const statement = thread
      .query(
        `do $$ declare until timestamptz := clock_timestamp() + interval '0.5 s';
              begin while clock_timestamp() < until loop end loop; end $$`,
      )
      .then(() => order.push('statement'));
    const timer = new Promise((resolve) => setTimeout(resolve, 50)).then(() => order.push('timer'));
    await Promise.all([statement, timer]);
    expect(order).toEqual(['timer', 'statement']);
  });

  describe('in a transaction', () => {
    it('commits what the callback did, and gives what it gave', async () => {
      const result = await thread.transaction(async (transaction) => {
        await insert(1, transaction);
        await insert(2, transaction);
        return 'done';
      });
      expect([result, await ids()]).toEqual(['done', [1, 2]]);
    });

    it('lets the statements of others wait until it has ended', async () => {
      let elsewhere: Promise<number[]> | undefined;
      await thread.transaction(async (transaction) => {
        await insert(1, transaction);
        elsewhere = ids();
        await new Promise((resolve) => setTimeout(resolve, 50));
        await insert(2, transaction);
      });
      expect(await elsewhere).toEqual([1, 2]);
    });

    it('rolls back when the callback throws, and throws the same', async () => {
      const thrown = new Error('changed my mind');
      const transaction = thread.transaction(async (inside) => {
        await insert(1, inside);
        throw thrown;
      });
      await expect(transaction).rejects.toBe(thrown);
      await expect(thread.transaction((inside) => inside.query('select 1/0'))).rejects.toMatchObject({
        code: '22012',
      });
      expect(await ids()).toEqual([]);
    });

    it('fails when the commit does, and goes on', async () => {
      await thread.query('create table parents (id int primary key)');
      await thread.query('create table children (id int references parents deferrable initially deferred)');
      const orphan = thread.transaction((inside) => inside.query('insert into children values (1)'));
      await expect(orphan).rejects.toMatchObject({ code: '23503', table: 'children' });
      expect((await thread.query('select * from children')).rows).toEqual([]);
    });

    it('runs after those that began before it', async () => {
      await insert(0);
      const increment = () =>
        thread.transaction(async (inside) => {
          const { rows } = await inside.query<{ id: number }>('select id from notes');
          await new Promise((resolve) => setImmediate(resolve));
          await inside.query('update notes set id = $1', [(rows[0]?.id ?? 0) + 1]);
        });
      await Promise.all(Array.from({ length: 10 }, increment));
      expect(await ids()).toEqual([10]);
    });

    it('keeps what came before a nested one that was rolled back', async () => {
      await drizzleOn(thread).transaction(async (outer) => {
        await outer.execute(sql`insert into notes values (1)`);
        const nested = outer.transaction(async (inner) => {
          await inner.execute(sql`insert into notes values (2)`);
          throw new Error('not this one');
        });
        await expect(nested).rejects.toThrow('not this one');
      });
      expect(await ids()).toEqual([1]);
    });

    it('takes no statements when it has ended', async () => {
      let ended: Pick<PgliteThread, 'query'> | undefined;
      await thread.transaction((transaction) => {
        ended = transaction;
        return Promise.resolve();
      });
      await expect(insert(1, ended)).rejects.toThrow('The transaction has ended.');
      expect(await ids()).toEqual([]);
    });
  });
});

describe('PgliteThread that stops', () => {
  it('is a store that fails, for calls that wait and calls to come', async () => {
    const thread = open();
    await thread.query('select 1');
    const pending = [
      thread.transaction((transaction) => transaction.query(FOREVER)),
      thread.query('select 1'),
      thread.transaction(() => Promise.resolve()),
    ];
    const outcomes = Promise.allSettled(pending);
    await thread['worker'].terminate();
    for (const outcome of [...(await outcomes), ...(await Promise.allSettled([thread.query('select 1')]))]) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'EmbeddedDatabaseError' } });
      expect(isStoreFailure((outcome as PromiseRejectedResult).reason)).toBe(true);
    }
    await thread.close();
  });

  it('says why it could not open', async () => {
    const thread = new PgliteThread({ directory: '/dev/null/database', making: undefined });
    await expect(thread.query('select 1')).rejects.toThrow(
      /^The embedded database has stopped \(\/dev\/null\/database\): ENOTDIR/,
    );
    await thread.close();
  });

  it('knows the array types that were made before it opened', async () => {
    const thread = open();
    await thread.query(`create type mood as enum ('good', 'bad')`);
    await thread.close();
    const again = new PgliteThread({ directory: directories.at(-1) ?? '', making: undefined });
    const { rows } = await again.query('select $1::mood[] as moods', [['bad', 'good']]);
    expect(rows).toEqual([{ moods: ['bad', 'good'] }]);
    await again.close();
  });

  it('closes its database cleanly', async () => {
    const thread = open();
    await thread.query('create table notes ()');
    await Promise.all([thread.close(), thread.close()]);
    await expect(thread.query('select 1')).rejects.toThrow('has stopped');
    // The state in pg_control: 1 is "shut down", which takes no recovery.
    expect(readFileSync(join(directories.at(-1) ?? '', 'global/pg_control')).readUInt32LE(16)).toBe(1);
  });

  it('closes within seconds, whatever it is doing', async () => {
    const thread = open();
    await thread.query('select 1');
    const endless = thread.query(FOREVER);
    await Promise.all([expect(endless).rejects.toThrow('has stopped'), thread.close()]);
  });

  it('closes while a transaction is open', async () => {
    const thread = open();
    const unfinished = thread.transaction(async (transaction) => {
      await transaction.query('select 1');
      await thread.close();
    });
    await expect(unfinished).rejects.toThrow('has stopped');
  });
});

function drizzleOn(thread: PgliteThread) {
  return drizzle(thread as unknown as PGlite);
}
