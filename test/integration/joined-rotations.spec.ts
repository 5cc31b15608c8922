import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import type { DatabaseConnection } from '../../src/database/database.js';
import { JoinedRotations } from '../../src/tokens/sessions/joined-rotations.js';
import { PostgresSessionsRepository } from '../../src/tokens/sessions/postgres-sessions.repository.js';
import {
  type RotatedRow,
  rotateManyStatement,
  rotateStatement,
  type RotationValues,
} from '../../src/tokens/sessions/rotate-statement.js';
import { NO_GRANT, type Session } from '../../src/tokens/sessions/session.js';
import { sessions } from '../../src/tokens/sessions/sessions.table.js';
import { type DatabaseUnderTest, describeOnEachDatabase } from './database-under-test.js';

const HOUR = 3_600_000;
const HASH = 'hash';

const inHours = (hours: number) => new Date(Date.now() + hours * HOUR);

function rotationOf(id: string, generation = 0): RotationValues {
  const [now, graceUntil, idleExpiresAt] = [0, 1, 2].map((hours) => inHours(hours).toISOString()) as [
    string,
    string,
    string,
  ];
  return { id, generation, secretHash: HASH, clientId: null, jkt: null, now, graceUntil, idleExpiresAt };
}

function withoutRead(row: RotatedRow | undefined): Session | undefined {
  if (!row) return undefined;
  const { read: _, ...session } = row;
  return session;
}

/** Rotations of one process, which notes how many each statement was of. */
class ObservedRotations extends JoinedRotations {
  readonly sent: number[];

  constructor(connection: DatabaseConnection) {
    const sent: number[] = [];
    const one = rotateStatement(connection.db, connection);
    const many = rotateManyStatement(connection.db, connection);
    super(
      {
        execute: (rotation) => {
          sent.push(1);
          return one.execute(rotation);
        },
      },
      {
        execute: (values) => {
          sent.push((JSON.parse(values.rotations) as unknown[]).length);
          return many.execute(values);
        },
      },
    );
    this.sent = sent;
  }
}

describeOnEachDatabase('Rotations at once', (open) => {
  let database: DatabaseUnderTest;
  let connection: DatabaseConnection;
  let repository: PostgresSessionsRepository;
  let rotations: ObservedRotations;

  beforeAll(async () => {
    database = await open(2);
    [connection] = database.connections;
    repository = new PostgresSessionsRepository(connection);
  });
  beforeEach(() => {
    rotations = new ObservedRotations(connection);
  });
  afterAll(() => database?.remove());

  async function openSession(fields: Partial<Session> = {}): Promise<string> {
    const id = randomUUID();
    await repository.create({
      id,
      subject: 'subject',
      generation: 0,
      secretHash: HASH,
      graceUntil: null,
      createdAt: inHours(-1),
      reauthenticatedAt: null,
      methods: null,
      lastUsedAt: inHours(-1),
      idleExpiresAt: inHours(1),
      expiresAt: inHours(5),
      endedAt: null,
      endReason: null,
      ...NO_GRANT,
      ip: null,
      userAgent: null,
      ...fields,
    });
    return id;
  }

  const openSessions = (count: number) => Promise.all(Array.from({ length: count }, () => openSession()));
  const rotateAll = (ids: readonly string[], generation = 0) =>
    Promise.all(ids.map((id) => rotations.rotate(rotationOf(id, generation))));
  const generations = (ids: readonly string[]) =>
    Promise.all(ids.map(async (id) => (await repository.findById(id))?.generation));
  const generationsIn = (rows: readonly (RotatedRow | undefined)[]) => rows.map((row) => row?.generation);

  /** Lets the change of one row fail until it is called again without one. */
  async function failRow(id: string | undefined, errcode = 'raise_exception'): Promise<void> {
    await connection.db.execute(sql`drop trigger if exists failing on ${sessions}`);
    if (id === undefined) return;
    await connection.db
      .execute(sql`create or replace function public.fail_rotation() returns trigger language plpgsql as
      ${sql.raw(`$$ begin raise exception 'refused' using errcode = '${errcode}'; end $$`)}`);
    await connection.db.execute(sql`create trigger failing before update on ${sessions} for each row
      when (old.id = ${sql.raw(`'${id}'`)}) execute function public.fail_rotation()`);
  }

  it('of different sessions are one statement, and give each what a statement of its own gives', async () => {
    const [alone = '', ...ids] = await openSessions(6);
    const expected = await rotations.rotate(rotationOf(alone));
    rotations.sent.length = 0;
    const rows = await rotateAll(ids);

    expect(rotations.sent).toEqual([5]);
    expect(rows.map((row) => row?.id)).toEqual(ids);
    for (const row of rows) {
      const times = {
        createdAt: expect.any(Date),
        lastUsedAt: expect.any(Date),
        expiresAt: expect.any(Date),
      };
      const ends = { graceUntil: expect.any(Date), idleExpiresAt: expect.any(Date) };
      expect(row).toEqual({ ...expected, id: row?.id, ...times, ...ends });
      expect(await repository.findById(row?.id ?? '')).toEqual(withoutRead(row));
    }
  });

  it('write the instants that each of them gives, no idle end beyond the absolute one', async () => {
    const [first, second] = [await openSession(), await openSession({ expiresAt: inHours(1) })];
    const presented = rotationOf(first);
    const [row, capped] = await Promise.all([
      rotations.rotate({ ...presented, graceUntil: null }),
      rotations.rotate(rotationOf(second)),
    ]);

    expect(rotations.sent).toEqual([2]);
    expect(row).toMatchObject({
      graceUntil: null,
      lastUsedAt: new Date(presented.now),
      idleExpiresAt: new Date(presented.idleExpiresAt),
    });
    expect(capped?.graceUntil).toBeInstanceOf(Date);
    expect(capped?.idleExpiresAt).toEqual(capped?.expiresAt);
  });

  it('of the same token have one winner, and hold up no other', async () => {
    const [many = '', other = ''] = await openSessions(2);
    const rows = await rotateAll([many, other, many, many]);

    expect(rows.filter((row) => row?.id === many)).toHaveLength(1);
    expect(rows[1]).toMatchObject({ id: other, generation: 1 });
    expect(await generations([many, other])).toEqual([1, 1]);
  });

  it('leave what is not live alone, and rotate what is beside it', async () => {
    const [good = '', alsoGood = ''] = await openSessions(2);
    const refused = await Promise.all([
      openSession({ generation: 1 }),
      openSession({ secretHash: 'another' }),
      openSession({ endedAt: inHours(-1), endReason: 'logout' }),
      openSession({ idleExpiresAt: inHours(-1) }),
      openSession({ expiresAt: inHours(-1) }),
    ]);
    const before = await Promise.all(refused.map((id) => repository.findById(id)));
    const rows = await rotateAll([good, ...refused, randomUUID(), alsoGood]);

    expect(generationsIn(rows)).toEqual([1, ...Array(6).fill(undefined), 1]);
    expect(await Promise.all(refused.map((id) => repository.findById(id)))).toEqual(before);
  });

  it('fail each for itself where a row of theirs cannot be changed', async () => {
    const ids = await openSessions(3);
    await failRow(ids[1]);
    const settled = await Promise.allSettled(ids.map((id) => rotations.rotate(rotationOf(id))));
    await failRow(undefined);

    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await generations(ids)).toEqual([1, 0, 1]);
  });

  it('all fail, and none of them is done, where the database can write no more', async () => {
    const ids = await openSessions(3);
    await failRow(ids[1], 'disk_full');
    const settled = await Promise.allSettled(ids.map((id) => rotations.rotate(rotationOf(id))));
    await failRow(undefined);

    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(rotations.sent).toEqual([3]);
    expect(await generations(ids)).toEqual([0, 0, 0]);
    expect(generationsIn(await rotateAll(ids))).toEqual([1, 1, 1]);
  });

  it('are no more than a hundred a statement', async () => {
    const ids = await openSessions(250);

    expect(new Set(generationsIn(await rotateAll(ids)))).toEqual(new Set([1]));
    expect(rotations.sent).toEqual([100, 100, 50]);
  });

  it('of two processes, the same tokens in opposite orders, have one winner each and no deadlock', async () => {
    const ids = await openSessions(20);
    const others = new ObservedRotations(database.connections[1] ?? connection);
    for (let generation = 0; generation < 25; generation += 1) {
      const [ours, theirs] = await Promise.all([
        rotateAll(ids, generation),
        Promise.all(ids.toReversed().map((id) => others.rotate(rotationOf(id, generation)))),
      ]);
      const winners = [...ours, ...theirs].flatMap((row) => (row ? [row.id] : []));
      expect(winners.toSorted()).toEqual(ids.toSorted());
    }
    expect(new Set(await generations(ids))).toEqual(new Set([25]));
  });

  describe('beside another transaction', () => {
    it('wait for it only where it holds their row', async () => {
      const [other] = database.connections.slice(1);
      // The embedded database has one connection, and so one transaction at a time.
      if (!other) return;
      const [held = '', ...free] = await openSessions(4);
      let answered = false;
      let waiting: Promise<RotatedRow | undefined> | undefined;
      await other.db.transaction(async (transaction) => {
        await transaction.execute(sql`update ${sessions} set ended_at = now() where id = ${held}`);
        waiting = rotations.rotate(rotationOf(held)).finally(() => (answered = true));
        expect(generationsIn(await rotateAll(free))).toEqual([1, 1, 1]);
        expect(answered).toBe(false);
      });

      expect(await waiting).toBeUndefined();
      expect(await generations([held, ...free])).toEqual([0, 1, 1, 1]);
      expect(rotations.sent).toEqual([4, 1]);
    });
  });
});
