import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  InMemoryRevocationStore,
  InMemorySessionsRepository,
  sessionsRepositoryContract,
} from '../../src/testing/index.js';
import { DrizzleUnitOfWork } from '../../src/database/drizzle-unit-of-work.js';
import { PostgresRevocationStore } from '../../src/tokens/revocation/postgres-revocation-store.js';
import { revocations } from '../../src/tokens/revocation/revocations.table.js';
import { PostgresSessionsRepository } from '../../src/tokens/sessions/postgres-sessions.repository.js';
import { sessionEras } from '../../src/tokens/revocation/session-eras.table.js';
import { NO_GRANT } from '../../src/tokens/sessions/session.js';
import { sessions } from '../../src/tokens/sessions/sessions.table.js';
import { type DatabaseUnderTest, describeOnEachDatabase } from '../integration/database-under-test.js';
import { instancesOf } from './instances-of.js';

sessionsRepositoryContract('InMemorySessionsRepository', () => {
  const store = new InMemoryRevocationStore();
  return { instances: [new InMemorySessionsRepository(store)], revocations: store };
});

describeOnEachDatabase('PostgresSessionsRepository', (open) => {
  let database: DatabaseUnderTest;

  beforeAll(async () => {
    database = await open(4);
  });
  afterAll(() => database?.remove());

  sessionsRepositoryContract('as a SessionsRepository', () => {
    const [first] = database.connections;
    return {
      instances: instancesOf(database.connections, (on) => new PostgresSessionsRepository(on)),
      unitsOfWork: database.connections.map((connection) => new DrizzleUnitOfWork(connection)),
      revocations: new PostgresRevocationStore(first.db, first),
      clear: async () => {
        await first.db.delete(sessions);
        await first.db.delete(revocations);
        await first.db.delete(sessionEras);
      },
    };
  });

  it('ends no session whose revocation cannot be recorded', async () => {
    const [connection] = database.connections;
    const { db } = connection;
    const repository = new PostgresSessionsRepository(connection);
    const now = new Date();
    const later = new Date(now.getTime() + 60_000);
    const session = {
      id: randomUUID(),
      subject: randomUUID(),
      generation: 0,
      secretHash: '',
      graceUntil: null,
      createdAt: now,
      lastUsedAt: now,
      idleExpiresAt: later,
      expiresAt: later,
      endedAt: null,
      endReason: null,
      ...NO_GRANT,
      reauthenticatedAt: null,
      methods: null,
      ip: null,
      userAgent: null,
    };
    const era = await repository.create(session);
    // There can be only one revocation of a session, so that this one is in the way of the next.
    await db
      .insert(revocations)
      .values({ kind: 'session', id: session.id, revokedAt: now, expiresAt: later });
    const ending = { reason: 'logout', now, revokedUntil: later } as const;

    await expect(repository.end(session.id, session.subject, ending)).rejects.toThrow(
      /Failed query: with "held"/,
    );
    await expect(repository.endAll(session.subject, ending)).rejects.toThrow(/Failed query:\s+with spared/);
    expect(await repository.findById(session.id)).toEqual({ ...session, era });
  });
});
