import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import pg from 'pg';
import { auditEvents } from '../../src/audit/audit-events.table.js';
import { PostgresAuditSink } from '../../src/audit/postgres-audit-sink.js';
import type { AuditEvent } from '../../src/audit/audit-event.js';
import type { Write } from '../../src/common/unit-of-work.js';
import type { DatabaseConnection } from '../../src/database/database.js';
import { DrizzleUnitOfWork } from '../../src/database/drizzle-unit-of-work.js';
import { MIGRATIONS_FOLDER } from '../../src/database/migrations.js';
import { openDatabase } from '../../src/database/open-database.js';
import { PostgresUsersRepository } from '../../src/users/postgres-users.repository.js';
import type { User } from '../../src/users/user.js';
import { EmailTakenError } from '../../src/users/users.errors.js';
import { describeWithPostgres, type TestDatabase } from '../support/services/available.js';
import { createMigratedDatabase } from '../support/services/migrated-database.js';
import { type DatabaseUnderTest, describeOnEachDatabase } from './database-under-test.js';
import { ManualClock } from './manual-clock.js';
import { untilWaiting } from './network.js';

const EVENT: AuditEvent = {
  type: 'user.registered',
  actor: { kind: 'system' },
  subject: 'it’s "quoted" \\ text',
  client: { ip: null, userAgent: '{a,"b"}', requestId: null },
  details: { reason: 'it’s "quoted" \\ text' },
};
const newUser = (email = `${randomUUID()}@example.com`) => ({
  name: 'Ada "the {first}"',
  email,
  passwordHash: 'old',
  roles: ['user', 'admin'],
});

const partsOf = (connection: DatabaseConnection) => ({
  unitOfWork: new DrizzleUnitOfWork(connection),
  users: new PostgresUsersRepository(connection, new ManualClock()),
  audit: new PostgresAuditSink(connection.db, new ManualClock()),
  events: () => connection.db.select().from(auditEvents),
});

describeOnEachDatabase('Writes that are one statement', (open) => {
  let database: DatabaseUnderTest;
  let parts: ReturnType<typeof partsOf>;
  let before: number;

  beforeAll(async () => {
    database = await open();
    parts = partsOf(database.connections[0]);
  });
  beforeEach(async () => {
    before = (await parts.events()).length;
  });
  afterAll(() => database.remove());

  const written = async () => (await parts.events()).length - before;
  /** Written by a statement of its own, as that of a port that a team replaced. */
  const alone = (event: AuditEvent): Write => ({
    within: (transaction) => parts.audit.record(event, transaction),
  });

  it('say what they wrote: the row, and what a user may do by it', async () => {
    const account = parts.users.creating(newUser());
    const [user] = await parts.unitOfWork.write([account, parts.audit.recording(EVENT)]);

    expect(user.id).toBe(account.id);
    expect(user.roles).toEqual(['admin', 'user']);
    expect(user).toEqual(await parts.users.findById(account.id));
    expect(await written()).toBe(1);
    const event = (await parts.events()).find(({ subject }) => subject === EVENT.subject);
    expect(event).toMatchObject({ details: EVENT.details, userAgent: EVENT.client?.userAgent });
  });

  it.each([
    ['at once', (event: AuditEvent) => parts.audit.recording(event)],
    ['in a transaction, where one of them cannot be part of a statement', alone],
  ])('are all undone when one fails, and the failure keeps its name: %s', async (_, recording) => {
    const { email } = await parts.users.create(newUser());
    const writes = [recording(EVENT), parts.users.creating(newUser(email))] as const;

    await expect(parts.unitOfWork.write(writes)).rejects.toThrow(EmailTakenError);
    expect(await written()).toBe(0);
    const strange = parts.users.creating({ ...newUser(), roles: ['no such role'] });
    await expect(parts.unitOfWork.write([recording(EVENT), strange])).rejects.toThrow('Failed query');
    expect(await written()).toBe(0);
  });

  it.each([
    ['at once', (event: AuditEvent) => parts.audit.recording(event)],
    ['in a transaction', alone],
  ])('are done only for a user who is what they were: %s', async (_, recording) => {
    const user = await parts.users.create(newUser());
    const write = (held: User) => parts.unitOfWork.writeIf(parts.users.holding(held), [recording(EVENT)]);

    expect(await write(user)).toMatchObject({ found: user });
    expect(await written()).toBe(1);
    expect(await write({ ...user, passwordHash: 'another' })).toBeUndefined();
    expect(await write({ ...user, id: randomUUID() })).toBeUndefined();
    await parts.users.setDisabled(user.id, true);
    expect(await write(user)).toBeUndefined();
    expect(await written()).toBe(1);
  });

  it('record nothing past a sink that overrides `record`', async () => {
    const seen: AuditEvent[] = [];
    class ObservedAuditSink extends PostgresAuditSink {
      override async record(...args: Parameters<PostgresAuditSink['record']>): Promise<void> {
        seen.push(args[0]);
        await super.record(...args);
      }
    }
    const sink = new ObservedAuditSink(database.connections[0].db, new ManualClock());
    await parts.unitOfWork.write([sink.recording(EVENT)]);
    expect([seen, await written()]).toEqual([[EVENT], 1]);
  });
});

describeWithPostgres('What is written for a user, on PostgreSQL', () => {
  let database: TestDatabase;
  let connection: DatabaseConnection;
  let parts: ReturnType<typeof partsOf>;
  let other: pg.Client;

  beforeAll(async () => {
    database = await createMigratedDatabase();
    connection = await openDatabase({ url: database.url, poolMax: 3, directory: '', schema: undefined });
    await connection.migrate(MIGRATIONS_FOLDER);
    parts = partsOf(connection);
    other = new pg.Client({ connectionString: database.url });
    await other.connect();
  });
  afterAll(async () => {
    await other?.end();
    await connection?.close();
    await database?.drop();
  });

  it.each([
    ['is not, if that is committed', 'commit', 0],
    ['is, if that is rolled back', 'rollback', 1],
  ])('waits for a change of the password that is under way, and %s', async (_, end, expected) => {
    const user = await parts.users.create(newUser());
    const before = (await parts.events()).length;
    await other.query('begin');
    await other.query(`update latchkey.users set password_hash = 'new' where id = $1`, [user.id]);
    const writing = parts.unitOfWork.writeIf(parts.users.holding(user), [parts.audit.recording(EVENT)]);
    await untilWaiting(other, 1);
    await other.query(end);

    expect((await writing) === undefined).toBe(expected === 0);
    expect((await parts.events()).length - before).toBe(expected);
  });

  it('is seen by the next change of the password', async () => {
    const user = await parts.users.create(newUser());
    const before = (await parts.events()).length;
    // Stops the statement in its midst: with the user held, before it is known whether an address is free.
    const email = `${randomUUID()}@example.com`;
    await other.query('begin');
    await other.query(
      `insert into latchkey.users (id, email, email_key, password_hash, password_change_required, attributes, created_at, updated_at)
       values (gen_random_uuid(), $1, $1, 'h', false, '{}', now(), now())`,
      [email],
    );
    const writes = [parts.users.creating(newUser(email)), parts.audit.recording(EVENT)] as const;
    const writing = parts.unitOfWork.writeIf(parts.users.holding(user), writes);
    await untilWaiting(other, 1);
    const replacement = { passwordHash: 'new', passwordChangeRequired: false };
    const seen = parts.unitOfWork.run(async (transaction) => {
      expect(await parts.users.replacePassword(user.id, 'old', replacement, transaction)).toBe(true);
      return (await parts.events()).length - before;
    });
    await untilWaiting(other, 2);
    await other.query('rollback');

    expect(await writing).toBeDefined();
    expect(await seen).toBe(1);
  });
});
