import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { DatabaseConnection } from '../../../src/database/database.js';
import { OPERATOR } from '../../../src/oauth/clients/client-writer.js';
import { OAuthClients } from '../../../src/oauth/clients/oauth-clients.js';
import { SessionsService } from '../../../src/tokens/sessions/sessions.service.js';
import { userRoles } from '../../../src/users/users.table.js';
import type { SignedIn } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { Administration } from '../support/administration.js';
import { describeOnEachStore } from '../support/databases.js';
import { expectProblem, fieldsOf } from '../support/problems.js';

interface Client extends Record<string, unknown> {
  id: string;
  secret?: string;
  secrets: { createdAt: string; expiresAt: string | null }[];
}

interface ClientPage {
  clients: Client[];
  nextCursor: string | null;
}

const PATH = '/api/admin/clients';
const WEB = {
  name: 'Shop',
  type: 'confidential',
  redirectUris: ['https://shop.example.com/callback'],
  scopes: ['openid', 'email', 'orders:read'],
};

describeOnEachStore('OAuth clients over HTTP', (environment) => {
  let server: TestApp;
  let administration: Administration;
  let clients: OAuthClients;

  beforeAll(async () => {
    server = await startTestApp({ environment: environment() });
    administration = await Administration.of(server);
    clients = server.app.get(OAuthClients);
  });
  afterAll(async () => {
    await server.close();
  });

  const ask = (method: string, path: string, json?: unknown, by = administration.admin, ifMatch?: string) =>
    server.api.request<Client>(method, PATH + path, {
      token: by.accessToken,
      ...(json !== undefined && { json }),
      ...(ifMatch !== undefined && { headers: { 'If-Match': ifMatch } }),
    });
  const make = (fields: object = {}, by?: SignedIn) => ask('POST', '', { ...WEB, ...fields }, by);
  const pageAfter = async (cursor: string) =>
    (
      await server.api.get<ClientPage>(`${PATH}?limit=2${cursor && `&cursor=${cursor}`}`, {
        token: administration.admin.accessToken,
      })
    ).body;
  const versionOf = async (id: string) => (await ask('GET', `/${id}`)).headers.get('etag') ?? '';

  it('are made with a secret that is shown once, and seen without it', async () => {
    const made = await make({ firstParty: true });
    expect(made.status).toBe(201);
    expect(made.headers.get('cache-control')).toBe('no-store');
    expect(made.body).toMatchObject({
      ...WEB,
      firstParty: true,
      grants: ['authorization_code', 'refresh_token'],
      postLogoutRedirectUris: [],
      authMethod: 'client_secret_basic',
      disabled: false,
      fixed: false,
      secrets: [{ expiresAt: null }],
    });
    const { secret = '', ...seen } = made.body;
    expect(await clients.verifySecret(seen.id, secret)).toBe(true);
    const again = await ask('GET', `/${seen.id}`);
    expect(again.body).toEqual(seen);
    expect(again.headers.get('etag')).toBe(made.headers.get('etag'));
    expect(JSON.stringify(again.body)).not.toMatch(/lk_cs_|hash/);
  });

  it('have no secret where they are public', async () => {
    const { body } = await make({ type: 'public' });
    expect(body).toMatchObject({ authMethod: 'none', secrets: [] });
    expect(body.secret).toBeUndefined();
    expectProblem(await ask('POST', `/${body.id}/secret`, {}), 409, 'CLIENT_WITHOUT_SECRET');
  });

  it('are listed page by page', async () => {
    const made = [await make(), await make(), await make()].map(({ body }) => body.id);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: ClientPage = await pageAfter(cursor);
      expect(page.clients.length).toBeLessThanOrEqual(2);
      seen.push(...page.clients.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen.filter((id) => made.includes(id))).toEqual(made);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it.each(['limit=0', 'limit=101', 'cursor=!', 'cursor=', `cursor=${'A'.repeat(200)}`])(
    'are not listed by %s',
    async (query) => {
      expectProblem(await ask('GET', `?${query}`), 400, 'VALIDATION_FAILED');
    },
  );

  it('are changed in what is named, in the version that was seen', async () => {
    const { body: before } = await make();
    const version = await versionOf(before.id);
    const changed = await ask(
      'PATCH',
      `/${before.id}`,
      { name: 'Store', disabled: true },
      undefined,
      version,
    );
    expect(changed.status).toBe(200);
    const { secret: _, ...seen } = before;
    expect(changed.body).toEqual({ ...seen, name: 'Store', disabled: true, updatedAt: expect.any(String) });
    expect(changed.headers.get('etag')).toBe(await versionOf(before.id));
    const stale = await ask('PATCH', `/${before.id}`, { name: 'X' }, undefined, version);
    expectProblem(stale, 412, 'PRECONDITION_FAILED');
    expectProblem(await ask('PATCH', `/${before.id}`, { name: 'X' }), 428, 'PRECONDITION_REQUIRED');
    const malformed = await ask('PATCH', `/${before.id}`, { name: 'X' }, undefined, 'abc');
    expectProblem(malformed, 412, 'PRECONDITION_FAILED');
    for (const [method, path] of [
      ['DELETE', `/${before.id}`],
      ['POST', `/${before.id}/secret`],
    ] as const)
      expectProblem(await ask(method, path, undefined, undefined, 'abc'), 412, 'PRECONDITION_FAILED');
    expect((await ask('PATCH', `/${before.id}`, { name: 'X' }, undefined, '*')).status).toBe(200);
  });

  it('let one of two changes of a version through', async () => {
    const { body } = await make();
    const version = await versionOf(body.id);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => ask('PATCH', `/${body.id}`, { name: `N${n}` }, undefined, version)),
    );
    const refused = answers.filter(({ status }) => status === 412);
    expect([refused.length, answers.filter(({ status }) => status === 200).length]).toEqual([7, 1]);
  });

  it('get another secret, beside which those of before stay good as long as is said', async () => {
    const { body } = await make();
    const rotated = await ask('POST', `/${body.id}/secret`, { overlapSeconds: 60 });
    expect(rotated.status).toBe(201);
    expect(rotated.headers.get('cache-control')).toBe('no-store');
    expect(rotated.body.secrets.map(({ expiresAt }) => expiresAt)).toEqual([null, expect.any(String)]);
    for (const secret of [body.secret, rotated.body.secret])
      expect(await clients.verifySecret(body.id, secret ?? '')).toBe(true);
    const last = await ask('POST', `/${body.id}/secret`, { overlapSeconds: 0 });
    expect(last.body.secrets).toHaveLength(1);
    for (const secret of [body.secret, rotated.body.secret])
      expect(await clients.verifySecret(body.id, secret ?? '')).toBe(false);
    expect(await clients.verifySecret(body.id, last.body.secret ?? '')).toBe(true);
  });

  it('get another secret without a body, with a day of overlap', async () => {
    const { body } = await make();
    const { status, body: rotated } = await ask('POST', `/${body.id}/secret`);
    expect(status).toBe(201);
    const [, before] = rotated.secrets;
    const left = Date.parse(before?.expiresAt ?? '') - server.clock.now();
    expect(left).toBeGreaterThan(86_000_000);
    expect(left).toBeLessThanOrEqual(86_400_000);
  });

  it('are deleted, in the version that is named', async () => {
    const { body } = await make();
    expectProblem(
      await ask('DELETE', `/${body.id}`, undefined, undefined, '"0"'),
      412,
      'PRECONDITION_FAILED',
    );
    expect((await ask('DELETE', `/${body.id}`)).status).toBe(204);
    expectProblem(await ask('GET', `/${body.id}`), 404, 'NOT_FOUND');
    expectProblem(await ask('DELETE', `/${body.id}`), 404, 'NOT_FOUND');
  });

  it.each(['disabled', 'deleted'])('lose what they were granted when they are %s', async (how) => {
    const { body } = await make();
    const users = [await administration.user(), await administration.user()];
    const open = (user: SignedIn, clientId: string) =>
      server.app
        .get(SessionsService)
        .open(user.user.id, { ip: null, userAgent: null }, undefined, { clientId, scopes: ['openid'] });
    const grants = [];
    for (const user of [...users, ...users]) grants.push(await open(user, body.id));
    const [user] = users;
    const other = user && (await open(user, 'another'));
    if (how === 'deleted') await ask('DELETE', `/${body.id}`);
    else await ask('PATCH', `/${body.id}`, { disabled: true }, undefined, '*');
    const find = (id = '') => server.app.get(SessionsService).find(id);
    for (const { session } of grants)
      expect(await find(session.id)).toMatchObject({ endReason: 'client_removed' });
    expect(await find(other?.session.id)).toMatchObject({ endedAt: null });
    for (const { accessToken } of users) expect((await server.api.profile(accessToken)).status).toBe(200);
    const [event] = await administration.events({ type: 'session.ended' });
    expect(event).toMatchObject({
      actor: { kind: 'user', id: administration.admin.user.id },
      details: { reason: 'client_removed' },
    });
  });

  it.each([randomUUID(), 'latchkey', '%00', '..%2fusers', 'x'.repeat(100), '%ff'])(
    'are not found by %s',
    async (id) => {
      const answers = [
        await ask('GET', `/${id}`),
        await ask('PATCH', `/${id}`, {}, undefined, '*'),
        await ask('DELETE', `/${id}`),
        await ask('POST', `/${id}/secret`, {}),
      ];
      for (const { status } of answers) expect([400, 404]).toContain(status);
    },
  );

  describe('that are wrong', () => {
    const wrong: [object, string][] = [
      [{ name: '' }, 'name'],
      [{ name: null }, 'name'],
      [{ type: 'native' }, 'type'],
      [{ firstParty: 'yes' }, 'firstParty'],
      [{ grants: ['password'] }, 'grants'],
      [{ grants: ['implicit'] }, 'grants'],
      [{ grants: 'authorization_code' }, 'grants'],
      [{ grants: ['refresh_token'] }, 'grants'],
      [{ redirectUris: [] }, 'redirectUris'],
      [{ redirectUris: ['http://shop.example.com/cb'] }, 'redirectUris'],
      [{ redirectUris: ['https://*.example.com/cb'] }, 'redirectUris'],
      [{ redirectUris: ['https://a.example/', 'https://a.example/'] }, 'redirectUris'],
      [{ redirectUris: Array.from({ length: 51 }, (_, n) => `https://a.example/${n}`) }, 'redirectUris'],
      [{ redirectUris: [`https://a.example/${'x'.repeat(1_000)}`] }, 'redirectUris'],
      [{ redirectUris: [{ toString: 1 }] }, 'redirectUris'],
      [{ postLogoutRedirectUris: ['javascript:alert(1)'] }, 'postLogoutRedirectUris'],
      [{ scopes: ['a b'] }, 'scopes'],
      [{ scopes: [''] }, 'scopes'],
      [{ scopes: null }, 'scopes'],
      [{ origins: ['*'] }, 'origins'],
      [{ audiences: ['api'] }, 'audiences'],
      [{ authMethod: 'client_secret_post' }, 'authMethod'],
      [{ authMethod: 'none' }, 'authMethod'],
      [{ authMethod: 'private_key_jwt' }, 'jwks'],
      [{ authMethod: 'private_key_jwt', jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } }, 'jwks'],
      [{ jwks: [] }, 'jwks'],
      [{ subjectType: 'other' }, 'subjectType'],
      [{ sector: 'https://a.example' }, 'sector'],
      [{ backchannelLogoutUri: 'http://a.example/out' }, 'backchannelLogoutUri'],
      [{ frontchannelLogoutUri: 'a' }, 'frontchannelLogoutUri'],
      [{ accessTokenTtl: 1 }, 'accessTokenTtl'],
      [{ accessTokenTtl: '60' }, 'accessTokenTtl'],
      [{ accessTokenTtl: 60.5 }, 'accessTokenTtl'],
      [{ refreshTokenTtl: 59 }, 'refreshTokenTtl'],
      [{ refreshTokenTtl: 315_360_001 }, 'refreshTokenTtl'],
      [{ grantMaxAge: 0 }, 'grantMaxAge'],
      [{ grantMaxAge: '1d' }, 'grantMaxAge'],
      [{ disabled: 1 }, 'disabled'],
      [{ id: 'mine' }, 'id'],
      [{ fixed: true }, 'fixed'],
      [{ sid: randomUUID() }, 'sid'],
      [{ secret: 'x' }, 'secret'],
    ];

    it.each(wrong)('are refused as %j', async (fields, field) => {
      const answer = await make(fields);
      expectProblem(answer, 400, 'VALIDATION_FAILED');
      expect(fieldsOf(answer)).toContain(field);
    });

    it('are not changed to', async () => {
      const { body } = await make();
      const { secret: _, ...seen } = body;
      for (const [fields] of wrong.filter(([, field]) => field !== 'name' && field !== 'type'))
        expectProblem(await ask('PATCH', `/${body.id}`, fields, undefined, '*'), 400, 'VALIDATION_FAILED');
      expect((await ask('GET', `/${body.id}`)).body).toEqual(seen);
    });

    it('get no secret with an overlap that is none', async () => {
      const { body } = await make();
      for (const overlapSeconds of [-1, 1.5, '60', null, 2_592_001])
        expectProblem(await ask('POST', `/${body.id}/secret`, { overlapSeconds }), 400, 'VALIDATION_FAILED');
    });
  });

  describe('are for who', () => {
    it('has the scopes: users have none, readers read', async () => {
      const { body } = await make();
      const user = await administration.user();
      const reader = await administration.withScopes('clients:read');
      for (const path of ['', `/${body.id}`]) {
        expectProblem(await ask('GET', path, undefined, user), 403, 'INSUFFICIENT_SCOPE');
        expect((await ask('GET', path, undefined, reader)).status).toBe(200);
      }
      for (const by of [user, reader]) {
        expectProblem(await make({}, by), 403, 'INSUFFICIENT_SCOPE');
        expectProblem(await ask('PATCH', `/${body.id}`, {}, by, '*'), 403, 'INSUFFICIENT_SCOPE');
        expectProblem(await ask('DELETE', `/${body.id}`, undefined, by), 403, 'INSUFFICIENT_SCOPE');
        expectProblem(await ask('POST', `/${body.id}/secret`, {}, by), 403, 'INSUFFICIENT_SCOPE');
      }
    });

    it('could do what they may do: of scopes that the caller has not, no client is made, changed or given a secret', async () => {
      const keeper = await administration.withScopes('clients:read', 'clients:write', 'orders:read');
      expect((await make({}, keeper)).status).toBe(201);
      for (const fields of [
        { scopes: ['users:write'] },
        { scopes: ['orders:write'] },
        { firstParty: true },
      ]) {
        expectProblem(await make(fields, keeper), 403, 'INSUFFICIENT_SCOPE');
        const { id } = (await make(fields)).body;
        const redirect = { redirectUris: ['https://evil.example/cb'] };
        expectProblem(await ask('PATCH', `/${id}`, redirect, keeper, '*'), 403, 'INSUFFICIENT_SCOPE');
        const taken = { scopes: [], firstParty: false };
        expectProblem(await ask('PATCH', `/${id}`, taken, keeper, '*'), 403, 'INSUFFICIENT_SCOPE');
        expectProblem(await ask('POST', `/${id}/secret`, {}, keeper), 403, 'INSUFFICIENT_SCOPE');
        expectProblem(await ask('DELETE', `/${id}`, undefined, keeper), 403, 'INSUFFICIENT_SCOPE');
      }
    });

    it('has the rights in the moment of the change', async () => {
      const { body } = await make();
      const keeper = await administration.withScopes('clients:write', 'orders:read');
      const { db } = server.app.get(DatabaseConnection);
      await db.delete(userRoles).where(eq(userRoles.userId, keeper.user.id));
      expectProblem(await ask('DELETE', `/${body.id}`, undefined, keeper), 403, 'INSUFFICIENT_SCOPE');
    });
  });

  it('leave in the audit log who did what', async () => {
    const { body } = await make();
    await ask('PATCH', `/${body.id}`, { name: 'Store' }, undefined, '*');
    await ask('POST', `/${body.id}/secret`);
    await ask('DELETE', `/${body.id}`);
    const types = ['client.created', 'client.changed', 'client.secret_rotated', 'client.deleted'];
    for (const type of types) {
      const [event] = await administration.events({ type });
      expect(event).toMatchObject({
        actor: { kind: 'user', id: administration.admin.user.id },
        subject: null,
        details: { clientId: body.id, ...(type === 'client.changed' && { fields: ['name'] }) },
      });
    }
    const { client } = await clients.create(
      { name: 'CLI', type: 'confidential', grants: ['client_credentials'] },
      OPERATOR,
    );
    const [event] = await administration.events({ type: 'client.created' });
    expect(event).toMatchObject({ actor: { kind: 'operator' }, details: { clientId: client.id } });
  });
});
