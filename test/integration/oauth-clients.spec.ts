import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { asc } from 'drizzle-orm';
import { auditEvents } from '../../src/audit/audit-events.table.js';
import { PostgresAuditSink } from '../../src/audit/postgres-audit-sink.js';
import { Measurements } from '../../src/common/measurements.js';
import type { UnitOfWork } from '../../src/common/unit-of-work.js';
import type { DatabaseConnection } from '../../src/database/database.js';
import { DrizzleUnitOfWork } from '../../src/database/drizzle-unit-of-work.js';
import { BuiltInClients } from '../../src/oauth/clients/built-in-clients.js';
import { ClientCache } from '../../src/oauth/clients/client-cache.js';
import type { ClientGrants } from '../../src/oauth/clients/client-grants.js';
import { ClientRecords } from '../../src/oauth/clients/client-records.js';
import { clientSecretHash } from '../../src/oauth/clients/client-secret.js';
import { OPERATOR } from '../../src/oauth/clients/client-writer.js';
import type { NewClient } from '../../src/oauth/clients/new-client.js';
import { OAuthClients } from '../../src/oauth/clients/oauth-clients.js';
import { oauthClientSecrets } from '../../src/oauth/clients/oauth-clients.table.js';
import { PostgresOAuthClientsRepository } from '../../src/oauth/clients/postgres-oauth-clients.repository.js';
import { LocalPushChannel } from '../../src/push/local-push-channel.js';
import { PostgresPushChannel } from '../../src/push/postgres-push-channel.js';
import { RevocationList } from '../../src/tokens/revocation/revocation-list.js';
import { RevocationService } from '../../src/tokens/revocation/revocation.service.js';
import { eventually } from '../e2e/support/eventually.js';
import { HeldRevocations, NO_KEYS } from '../support/held-revocations.js';
import { testConfig } from '../support/test-config.js';
import { type DatabaseUnderTest, describeOnEachDatabase } from './database-under-test.js';
import { ManualClock } from './manual-clock.js';

/** The specs of `test/e2e/oauth` end them. */
const noGrants = (unitOfWork: UnitOfWork) =>
  ({
    within: (work) => unitOfWork.run(work),
    end: () => Promise.resolve(),
    narrow: () => Promise.resolve(),
  }) as Partial<ClientGrants> as ClientGrants;
const HOUR = 3_600_000;
const WEB: NewClient = { name: 'Shop', type: 'confidential', redirectUris: ['https://shop.example.com/cb'] };

describeOnEachDatabase('OAuth clients', (open) => {
  const clock = new ManualClock();
  const { tokens } = testConfig('unused');
  let database: DatabaseUnderTest;
  let instances: Instance[];

  class Instance {
    readonly push = this.connection.shared
      ? new PostgresPushChannel(this.connection)
      : new LocalPushChannel();
    readonly repository = new PostgresOAuthClientsRepository(this.connection);
    readonly revocations = new HeldRevocations();
    readonly clients: OAuthClients;
    private readonly cache = new ClientCache(this.repository, this.push, clock);

    constructor(private readonly connection: DatabaseConnection) {
      const list = new RevocationList(this.revocations, this.push, tokens, clock, new Measurements());
      const revoking = new RevocationService(this.revocations, list, NO_KEYS, tokens, clock);
      const sink = new PostgresAuditSink(connection.db, clock);
      const grants = noGrants(new DrizzleUnitOfWork(connection));
      const records = new ClientRecords(this.repository, this.cache, revoking, grants, sink, clock);
      const builtIn = new BuiltInClients();
      this.clients = new OAuthClients(this.repository, this.cache, records, grants, clock, builtIn);
    }

    async start(): Promise<void> {
      this.cache.onModuleInit();
      if (this.push instanceof PostgresPushChannel) await this.push.onModuleInit();
    }

    async stop(): Promise<void> {
      if (this.push instanceof PostgresPushChannel) await this.push.onApplicationShutdown();
    }
  }

  const first = (): Instance => {
    const [instance] = instances;
    if (!instance) throw new Error('There is no instance.');
    return instance;
  };

  beforeAll(async () => {
    database = await open(2);
    instances = database.connections.map((connection) => new Instance(connection));
    await Promise.all(instances.map((instance) => instance.start()));
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  afterAll(async () => {
    await Promise.all(instances.map((instance) => instance.stop()));
    await database.remove();
  });

  it('are found as they were made, with what is left out by default', async () => {
    const { clients } = first();
    const { client } = await clients.create({ ...WEB, scopes: ['openid', 'orders:read'] }, OPERATOR);
    expect(await clients.find(client.id)).toEqual(client);
    expect(client).toMatchObject({
      name: 'Shop',
      firstParty: false,
      grants: ['authorization_code', 'refresh_token'],
      scopes: ['openid', 'orders:read'],
      authMethod: 'client_secret_basic',
      fixed: false,
      version: 1,
    });
  });

  it('are listed page by page, in the order in which they were made', async () => {
    const { clients } = first();
    const made: string[] = [];
    for (let n = 0; n < 3; n += 1) made.push((await clients.create(WEB, OPERATOR)).client.id);
    const all = (await clients.list({ limit: 1_000, after: undefined })).map(({ client }) => client.id);
    expect(all.filter((id) => made.includes(id))).toEqual(made);
    const [, second, third] = made;
    const page = await clients.list({ limit: 1, after: second });
    expect(page.map(({ client }) => client.id)).toEqual([third]);
  });

  it('have a secret that is shown once, and of which a hash is kept', async () => {
    const { clients, repository } = first();
    const { client, secret = '' } = await clients.create(WEB, OPERATOR);
    expect(secret).toMatch(/^lk_cs_[\w-]{43}$/);
    expect(await clients.verifySecret(client.id, secret)).toBe(true);
    for (const wrong of [`${secret}x`, '', 'lk_cs_', clientSecretHash(secret)])
      expect(await clients.verifySecret(client.id, wrong)).toBe(false);
    expect(JSON.stringify(await repository.find(client.id))).not.toContain(secret);
  });

  it('that are public, or authenticate by a key, have none', async () => {
    const { clients } = first();
    const { client, secret } = await clients.create({ ...WEB, type: 'public' }, OPERATOR);
    expect(secret).toBeUndefined();
    expect(await clients.verifySecret(client.id, '')).toBe(false);
    await expect(clients.rotateSecret(client.id, OPERATOR)).rejects.toMatchObject({
      code: 'CLIENT_WITHOUT_SECRET',
    });
  });

  it('are unknown by what is no id, without asking the database', async () => {
    const { clients, repository } = first();
    const asked = jest.spyOn(repository, 'find');
    for (const id of ['', 'latchkey', 'a\u0000', '../x', 'A', 'x'.repeat(65)])
      expect(await clients.find(id)).toBeUndefined();
    expect(asked).not.toHaveBeenCalled();
    expect(await clients.find('unknown')).toBeUndefined();
  });

  it('are known in process once they were asked for', async () => {
    const { clients, repository } = first();
    const { client, secret = '' } = await clients.create(WEB, OPERATOR);
    const asked = jest.spyOn(repository, 'find');
    await Promise.all([clients.find(client.id), clients.find(client.id)]);
    await clients.verifySecret(client.id, secret);
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('are read again where no message has told of a change', async () => {
    const { clients, repository } = first();
    const { client } = await clients.create(WEB, OPERATOR);
    await clients.find(client.id);
    const asked = jest.spyOn(repository, 'find');
    clock.advance(10_000);
    await clients.find(client.id);
    expect(asked).toHaveBeenCalledTimes(1);
  });

  describe('whose secret is rotated', () => {
    it('take the new one at once, and those of before for the overlap', async () => {
      const { clients } = first();
      const { client, secret: old = '' } = await clients.create(WEB, OPERATOR);
      const { secret: next = '', client: after } = await clients.rotateSecret(client.id, OPERATOR, 3_600);
      expect(next).not.toBe(old);
      expect(after.version).toBe(2);
      expect(await clients.verifySecret(client.id, next)).toBe(true);
      expect(await clients.verifySecret(client.id, old)).toBe(true);
      clock.advance(HOUR);
      expect(await clients.verifySecret(client.id, next)).toBe(true);
      expect(await clients.verifySecret(client.id, old)).toBe(false);
    });

    it('let none live longer by another rotation', async () => {
      const { clients } = first();
      const { client, secret: old = '' } = await clients.create(WEB, OPERATOR);
      await clients.rotateSecret(client.id, OPERATOR, 3_600);
      clock.advance(HOUR / 2);
      await clients.rotateSecret(client.id, OPERATOR, 3_600);
      expect(await clients.verifySecret(client.id, old)).toBe(true);
      clock.advance(HOUR / 2);
      expect(await clients.verifySecret(client.id, old)).toBe(false);
    });

    it('end those of before at once without an overlap', async () => {
      const { clients } = first();
      const { client, secret: old = '' } = await clients.create(WEB, OPERATOR);
      await clients.rotateSecret(client.id, OPERATOR, 0);
      expect(await clients.verifySecret(client.id, old)).toBe(false);
      const { db } = database.connections[0];
      const kept = await db.select().from(oauthClientSecrets);
      expect(kept.filter(({ clientId }) => clientId === client.id)).toHaveLength(1);
    });

    it('at once from several sides keep every new one', async () => {
      const { client } = await first().clients.create(WEB, OPERATOR);
      const rotated = await Promise.all(
        [...instances, ...instances].map(({ clients }) => clients.rotateSecret(client.id, OPERATOR)),
      );
      for (const { secret = '' } of rotated)
        expect(await first().clients.verifySecret(client.id, secret)).toBe(true);
      expect((await first().clients.read(client.id)).client.version).toBe(1 + rotated.length);
    });
  });

  describe('that are changed', () => {
    it('keep what is not named, and have another version', async () => {
      const { clients } = first();
      const { client } = await clients.create(WEB, OPERATOR);
      const { client: changed } = await clients.change(client.id, { name: 'Store' }, OPERATOR);
      expect(changed).toEqual({ ...client, name: 'Store', version: 2, updatedAt: changed.updatedAt });
      expect(await clients.find(client.id)).toEqual(changed);
      expect((await clients.change(client.id, { name: 'Store' }, OPERATOR)).client).toEqual(changed);
    });

    it('lose the tokens that they got in their own name where they may get less', async () => {
      const { clients, ...instance } = first();
      const dead = () => instance.revocations.entries.map(({ id }) => id);
      const { client } = await clients.create({ ...WEB, scopes: ['a', 'b'] }, OPERATOR);
      const more = await clients.change(client.id, { scopes: ['a', 'b', 'c'] }, OPERATOR);
      expect(more.client.sid).toBe(client.sid);
      expect(dead()).not.toContain(client.sid);
      const less = await clients.change(client.id, { scopes: ['a'] }, OPERATOR);
      expect(less.client.sid).not.toBe(client.sid);
      expect(dead()).toContain(client.sid);
      await clients.change(client.id, { disabled: true }, OPERATOR);
      expect(dead()).toContain(less.client.sid);
    });

    it('are refused with what is wrong, and stay as they are', async () => {
      const { clients } = first();
      const { client } = await clients.create(WEB, OPERATOR);
      await expect(clients.change(client.id, { redirectUris: [] }, OPERATOR)).rejects.toMatchObject({
        code: 'VALIDATION_FAILED',
        fields: [{ field: 'redirectUris' }],
      });
      expect((await clients.read(client.id)).client).toEqual(client);
    });

    it('lose their secrets when they come to authenticate otherwise', async () => {
      const { clients } = first();
      const { client, secret = '' } = await clients.create(WEB, OPERATOR);
      await clients.change(client.id, { type: 'public', authMethod: 'none' }, OPERATOR);
      const back = { type: 'confidential', authMethod: 'client_secret_basic' } as const;
      await clients.change(client.id, back, OPERATOR);
      expect(await clients.verifySecret(client.id, secret)).toBe(false);
    });

    it('take no secret while they are disabled', async () => {
      const { clients } = first();
      const { client, secret = '' } = await clients.create(WEB, OPERATOR);
      await clients.change(client.id, { disabled: true }, OPERATOR);
      expect(await clients.verifySecret(client.id, secret)).toBe(false);
      await clients.change(client.id, { disabled: false }, OPERATOR);
      expect(await clients.verifySecret(client.id, secret)).toBe(true);
    });
  });

  it('that are deleted are gone, with their secrets and the tokens that they got in their own name', async () => {
    const { clients, ...instance } = first();
    const { client, secret = '' } = await clients.create(WEB, OPERATOR);
    await clients.find(client.id);
    await clients.delete(client.id, OPERATOR);
    expect(await clients.find(client.id)).toBeUndefined();
    expect(await clients.verifySecret(client.id, secret)).toBe(false);
    expect(instance.revocations.entries.map(({ id }) => id)).toContain(client.sid);
    await expect(clients.delete(client.id, OPERATOR)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('change on every instance, soon after they do on one', async () => {
    const { client, secret = '' } = await first().clients.create(WEB, OPERATOR);
    for (const { clients } of instances) expect(await clients.verifySecret(client.id, secret)).toBe(true);
    await first().clients.change(client.id, { disabled: true }, OPERATOR);
    await eventually(async () => {
      for (const { clients } of instances)
        expect(await clients.find(client.id)).toMatchObject({ disabled: true });
    });
  });

  it('leave in the audit log what was done, in the same transaction', async () => {
    const { clients } = first();
    const { client } = await clients.create(WEB, OPERATOR);
    await clients.change(client.id, { name: 'Store', firstParty: true }, OPERATOR);
    await clients.rotateSecret(client.id, OPERATOR);
    jest.spyOn(PostgresAuditSink.prototype, 'record').mockRejectedValueOnce(new Error('full'));
    await expect(clients.delete(client.id, OPERATOR)).rejects.toThrow('full');
    expect(await clients.find(client.id)).toBeDefined();
    await clients.delete(client.id, OPERATOR);
    const { db } = database.connections[0];
    const events = await db.select().from(auditEvents).orderBy(asc(auditEvents.id));
    const ofClient = events.filter(({ details }) => details.clientId === client.id);
    expect(ofClient.map(({ type, actorKind, details }) => [type, actorKind, details])).toEqual([
      ['client.created', 'operator', { clientId: client.id }],
      ['client.changed', 'operator', { clientId: client.id, fields: ['name', 'firstParty'] }],
      ['client.secret_rotated', 'operator', { clientId: client.id }],
      ['client.deleted', 'operator', { clientId: client.id }],
    ]);
  });
});
