import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { AuditSink } from '../../../src/audit/audit-sink.js';
import { AccountErasure } from '../../../src/auth/account/account-erasure.js';
import { UnitOfWork } from '../../../src/common/unit-of-work.js';
import { OPERATOR } from '../../../src/oauth/clients/client-writer.js';
import { FixedClients } from '../../../src/oauth/clients/fixed-clients.js';
import { OAuthClients } from '../../../src/oauth/clients/oauth-clients.js';
import { readFixedClients } from '../../../src/oauth/clients/read-fixed-clients.js';
import { OneTimeTokensRepository } from '../../../src/tokens/one-time/one-time-tokens.repository.js';
import { SessionsService } from '../../../src/tokens/sessions/sessions.service.js';
import { UsersRepository } from '../../../src/users/users.repository.js';
import { describeWithPostgres, type TestDatabase } from '../../support/services/available.js';
import { createMigratedDatabase } from '../../support/services/migrated-database.js';
import { untilWaiting } from '../../integration/network.js';
import { TestAuthorizationServer } from './authorization-server.js';

const SHOP = { name: 'Shop', type: 'public', redirectUris: ['https://shop.example.com/callback'] };
const BY = { ip: null, userAgent: null };

describeWithPostgres('What ends grants, on two instances at the same time', () => {
  let database: TestDatabase;
  let watcher: pg.Client;
  let one: TestAuthorizationServer;
  let two: TestAuthorizationServer;

  beforeAll(async () => {
    database = await createMigratedDatabase();
    const environment = {
      DATABASE_URL: database.url,
      PUBLIC_URL: 'http://localhost:3000',
      APP_SECRET: randomBytes(48).toString('base64'),
    };
    one = await TestAuthorizationServer.start({ environment });
    two = await TestAuthorizationServer.start({ environment });
    watcher = new pg.Client(database.url);
    await watcher.connect();
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  afterAll(async () => {
    await watcher?.end();
    await one?.close();
    await two?.close();
    await database?.drop();
  });

  const open = (subject: string, clientId: string, scopes = ['openid', 'email']) => {
    const id = randomUUID();
    const sessions = one.server.app.get(SessionsService, { strict: false });
    return sessions.open(subject, BY, undefined, { id, clientId, scopes }).then(() => id);
  };
  /** Stops a transaction after its first event of this type. */
  const stopAfter = ({ server }: TestAuthorizationServer, type: string) => {
    const audit = server.app.get(AuditSink, { strict: false });
    const record = audit.record.bind(audit);
    let goOn!: () => void;
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    const stopped = new Promise<void>((resolve) => {
      jest.spyOn(audit, 'record').mockImplementation(async (event, transaction) => {
        await record(event, transaction);
        if (event.type !== type) return;
        resolve();
        await gate;
      });
    });
    return { stopped, goOn };
  };

  it('waits for one another: clients of a file, and another client that is changed', async () => {
    const fixed = one.server.app.get(FixedClients, { strict: false });
    const clients = two.server.app.get(OAuthClients, { strict: false });
    const { client: other } = await one.newClient({ firstParty: false });
    const file = (scopes: string[]) =>
      readFixedClients([
        { ...SHOP, id: 'a-first', scopes },
        { ...SHOP, id: 'b-second', scopes },
      ]);
    await fixed.store(file(['openid', 'email']));
    await open('user-z', 'a-first');
    await open('user-a', 'b-second');
    await open('user-a', other.id);
    await open('user-z', other.id);
    const [here, there] = [stopAfter(one, 'session.ended'), stopAfter(two, 'session.ended')];
    const both = Promise.all([
      fixed.store(file(['openid'])),
      clients.change(other.id, { scopes: ['openid'] }, OPERATOR),
    ]);
    await Promise.all([here.stopped, there.stopped]);
    here.goOn();
    there.goOn();
    await expect(both).resolves.toBeDefined();
  });

  it('waits for one another: a consent that is taken back, and the account that is deleted', async () => {
    const { client } = await one.newClient({ firstParty: false });
    const { accessToken: token, user } = (await one.server.api.register()).body;
    const path = `/api/auth/consents/${client.id}`;
    const scopes = ['openid', 'account'];
    expect((await one.server.api.request('PUT', path, { token, json: { scopes } })).status).toBe(204);
    const sessionId = await open(user.id, client.id, scopes);
    const tokens = one.server.app.get(OneTimeTokensRepository, { strict: false });
    await tokens.put(
      {
        id: randomUUID(),
        subject: user.id,
        purpose: 'email-change',
        tokenHash: randomUUID(),
        binding: '',
        payload: {},
        createdAt: new Date(),
        expiresAt: new Date(Date.now() + 60_000),
        sessionId,
      },
      null,
    );
    const withdrawal = stopAfter(one, 'consent.withdrawn');
    const withdrawing = one.server.api.request('DELETE', path, { token });
    await withdrawal.stopped;
    const { app } = two.server;
    const account = await app.get(UsersRepository, { strict: false }).findById(user.id);
    if (!account) throw new Error('There is no such account.');
    const deleting = app
      .get(UnitOfWork, { strict: false })
      .run((transaction) => app.get(AccountErasure, { strict: false }).erase(account, null, transaction));
    await untilWaiting(watcher, 1);
    withdrawal.goOn();
    await deleting;
    expect((await withdrawing).status).toBe(204);
  });
});
