import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it, jest } from '@jest/globals';
import * as oidc from 'openid-client';
import { DrizzleTransaction } from '../../../src/database/drizzle-transaction.js';
import { OPERATOR } from '../../../src/oauth/clients/client-writer.js';
import type { ClientSettings } from '../../../src/oauth/clients/oauth-client.js';
import { ENDED_IN_TRANSACTION } from '../../../src/oauth/clients/grant-endings.js';
import { OAuthClients } from '../../../src/oauth/clients/oauth-clients.js';
import { RevocationStore } from '../../../src/tokens/revocation/revocation-store.js';
import { NO_GRANT } from '../../../src/tokens/sessions/session.js';
import { ENDED_AT_ONCE, SessionsRepository } from '../../../src/tokens/sessions/sessions.repository.js';
import { SessionsService } from '../../../src/tokens/sessions/sessions.service.js';
import { describeOnEachCombination } from '../support/databases.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { withFailingCommits } from './failing-commits.js';
import { rounds } from './races.js';
import { signInBrowser } from './signed-in-browser.js';

/** Of a server: applications on loopback addresses are asked about each time. */
const redirect_uri = 'https://shop.example.com/callback';
const ROUNDS = rounds(3);
const SCOPE = 'openid profile email account';
const NOT_COMMITTED = /disk is full|answered with 50/;

/** An open grant, and what its user and an operator can do with it. */
interface Granted {
  readonly clientId: string;
  readonly isOpen: () => Promise<boolean>;
  readonly change: (settings: Partial<ClientSettings>) => Promise<unknown>;
  readonly remove: () => Promise<unknown>;
  readonly consent: (method: 'PUT' | 'DELETE', scopes?: readonly string[]) => Promise<unknown>;
}

const ENDINGS: readonly (readonly [string, string, (granted: Granted) => Promise<unknown>])[] = [
  ['a client is disabled', 'oauth_clients', ({ change }) => change({ disabled: true })],
  ['a client may have less', 'oauth_clients', ({ change }) => change({ scopes: ['openid'] })],
  ['a client is deleted', 'oauth_clients', ({ remove }) => remove()],
  ['a consent is taken back', 'oauth_consents', ({ consent }) => consent('DELETE')],
  ['a consent is given for less', 'oauth_consents', ({ consent }) => consent('PUT', ['openid'])],
];

describeOnEachCombination('What ends a grant', (environment) => {
  let as: TestAuthorizationServer;

  beforeAll(async () => {
    const limits = { LOGIN_RATE_LIMIT: '100000/1m', OAUTH_RATE_LIMIT: '1000000/1m' };
    as = await TestAuthorizationServer.start({ environment: { ...environment(), ...limits } });
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  afterAll(() => as.close());

  const isInDatabase = () => environment()['SESSION_STORE'] === undefined;
  const clients = () => as.server.app.get(OAuthClients, { strict: false });
  const sessions = () => as.server.app.get(SessionsService, { strict: false });
  /** As a process that is killed right after the commit: nothing follows it. */
  const killedAfterCommit = async (ask: () => Promise<unknown>) => {
    const killed = jest
      .spyOn(DrizzleTransaction.prototype, 'committed')
      .mockRejectedValue(new Error('Killed.'));
    await expect(ask()).rejects.toThrow(/Killed|answered with 500/);
    killed.mockRestore();
  };

  const granted = async (): Promise<Granted> => {
    const config = await as.client({ firstParty: false, redirectUris: [redirect_uri] });
    const clientId = config.clientMetadata().client_id;
    const { cookie } = await signInBrowser(as.url, as.origin);
    const token = /latchkey_access=([^;]+)/.exec(cookie)?.[1] ?? '';
    const consent = async (method: 'PUT' | 'DELETE', scopes?: readonly string[]) => {
      const json = scopes && { scopes };
      const path = `/api/auth/consents/${clientId}`;
      const { status } = await as.server.api.request(method, path, { token, json });
      if (status !== 204) throw new Error(`It was answered with ${String(status)}.`);
    };
    await consent('PUT', SCOPE.split(' '));
    const asked = await as.authorize(config, cookie, { scope: SCOPE, redirect_uri });
    const taken = await oidc.authorizationCodeGrant(config, asked.location, asked.checks);
    const { sid } = await oidc.tokenIntrospection(config, taken.access_token);
    return {
      clientId,
      isOpen: async () => (await sessions().find(String(sid)))?.endedAt === null,
      change: (settings) => clients().change(clientId, settings, OPERATOR),
      remove: () => clients().delete(clientId, OPERATOR),
      consent,
    };
  };

  it.each(ENDINGS)('changes nothing where %s and the commit fails', async (_what, table, end) => {
    const grant = await granted();
    const before = await clients().read(grant.clientId);
    await withFailingCommits(as.server.app, table, () => expect(end(grant)).rejects.toThrow(NOT_COMMITTED));
    expect(await clients().read(grant.clientId)).toEqual(before);
    // Elsewhere than in the database it is ended first.
    expect(await grant.isOpen()).toBe(isInDatabase());
    await end(grant);
    expect(await grant.isOpen()).toBe(false);
  });

  it.each(ENDINGS)(
    'leaves none open where %s and the server dies right after the commit',
    async (_what, _table, end) => {
      const grant = await granted();
      await killedAfterCommit(() => end(grant));
      expect(await grant.isOpen()).toBe(false);
    },
  );

  it('ends all of them where they are more than one transaction should end', async () => {
    const { clientId, isOpen, change } = await granted();
    for (let each = 0; each < ENDED_AT_ONCE + 5; each++)
      await sessions().open(`user-${String(each % 7)}`, { ip: null, userAgent: null }, undefined, {
        clientId,
        scopes: ['openid'],
      });
    await change({ disabled: true });
    const repository = as.server.app.get(SessionsRepository, { strict: false });
    expect(await repository.findGrants({ clientId, now: new Date(), limit: 1 })).toEqual([]);
    expect(await isOpen()).toBe(false);
    expect((await clients().read(clientId)).client.disabled).toBe(true);
  });

  it('keeps a transaction short', async () => {
    const { client } = await as.newClient({ firstParty: false });
    for (let each = 0; each < ENDED_IN_TRANSACTION + 5; each++)
      await sessions().open(`user-${String(each)}`, { ip: null, userAgent: null }, undefined, {
        clientId: client.id,
        scopes: [],
      });
    const found = jest.spyOn(as.server.app.get(SessionsRepository, { strict: false }), 'findGrants');
    const ended = jest.spyOn(sessions(), 'end');
    await clients().change(client.id, { disabled: true }, OPERATOR);
    const isWithin = found.mock.calls.some(([, transaction]) => transaction !== undefined);
    expect(isWithin).toBe(isInDatabase());
    const within = ended.mock.calls.filter(([which]) => which.within !== undefined);
    expect(within.length).toBeLessThanOrEqual(isInDatabase() ? ENDED_IN_TRANSACTION : 0);
    expect(ended.mock.calls.length).toBe(ENDED_IN_TRANSACTION + 5);
  });

  it('finds what is refreshed meanwhile, however many sessions the user has', async () => {
    const { accessToken: token, user } = (await as.server.api.register()).body;
    const { client } = await as.newClient({ firstParty: false });
    const grant = { clientId: client.id, scopes: [] };
    const { session } = await sessions().open(user.id, { ip: null, userAgent: null }, undefined, grant);
    const repository = as.server.app.get(SessionsRepository, { strict: false });
    const later = (minutes: number) => new Date(session.lastUsedAt.getTime() + minutes * 60_000);
    const own = { ...session, ...NO_GRANT, lastUsedAt: later(1) };
    for (let each = 0; each < ENDED_AT_ONCE; each++) await repository.create({ ...own, id: randomUUID() });
    const { id, generation, secretHash, idleExpiresAt } = session;
    const holder = { id, generation, secretHash, clientId: client.id, jkt: null };
    const list = repository.findOpen.bind(repository);
    jest.spyOn(repository, 'findOpen').mockImplementation(async (...page) => {
      const found = await list(...page);
      await repository.rotate({ ...holder, now: later(2), graceUntil: null, idleExpiresAt });
      return found;
    });
    const path = `/api/auth/consents/${client.id}`;
    expect((await as.server.api.request('DELETE', path, { token })).status).toBe(204);
    expect((await sessions().find(id))?.endReason).toBe('grant_revoked');
  });

  it('begins anew where another has ended meanwhile what was found', async () => {
    const { client } = await as.newClient({ firstParty: false });
    for (let each = 0; each < ENDED_AT_ONCE + 5; each++)
      await sessions().open('user', { ip: null, userAgent: null }, undefined, {
        clientId: client.id,
        scopes: [],
      });
    const repository = as.server.app.get(SessionsRepository, { strict: false });
    const find = repository.findGrants.bind(repository);
    const disable = () => clients().change(client.id, { disabled: true }, OPERATOR);
    let other: Promise<unknown> | undefined;
    jest.spyOn(repository, 'findGrants').mockImplementation(async (search, transaction) => {
      const found = await find(search, transaction);
      if (!transaction && !other) await (other = disable());
      return found;
    });
    await disable();
    expect(other).toBeDefined();
    expect(await find({ clientId: client.id, now: new Date(), limit: 1 })).toEqual([]);
  });

  it('is done for several clients and users at the same time', async () => {
    const subjects = Array.from({ length: 6 }, () => randomUUID());
    for (let round = 0; round < ROUNDS; round++) {
      const made = await Promise.all(Array.from({ length: 3 }, () => as.newClient({ firstParty: false })));
      const ids = made.map(({ client }) => client.id);
      for (const subject of subjects)
        for (const clientId of [...ids, ...ids])
          await sessions().open(subject, { ip: null, userAgent: null }, undefined, { clientId, scopes: [] });
      await Promise.all([
        ...ids.map((id) => clients().change(id, { disabled: true }, OPERATOR)),
        ...subjects.slice(0, 3).map((subject) => sessions().end({ subject, reason: 'logout_all' })),
      ]);
      const repository = as.server.app.get(SessionsRepository, { strict: false });
      for (const clientId of ids)
        expect(await repository.findGrants({ clientId, now: new Date(), limit: 1 })).toEqual([]);
    }
  });

  it('ends the tokens that a client has in its own name with what it may have', async () => {
    const { client } = await clients().create(
      {
        name: 'Jobs',
        type: 'confidential',
        redirectUris: [],
        grants: ['client_credentials'],
        scopes: ['account'],
      },
      OPERATOR,
    );
    const revoked = async () => {
      const store = as.server.app.get(RevocationStore, { strict: false });
      return (await store.all()).some(({ kind, id }) => kind === 'session' && id === client.sid);
    };
    const less = () => clients().change(client.id, { scopes: [] }, OPERATOR);
    await withFailingCommits(as.server.app, 'oauth_clients', () =>
      expect(less()).rejects.toThrow(NOT_COMMITTED),
    );
    expect(await revoked()).toBe(!isInDatabase());
    await killedAfterCommit(less);
    expect(await revoked()).toBe(true);
    expect((await clients().read(client.id)).client.sid).not.toBe(client.sid);
  });
});
