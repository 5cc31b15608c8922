import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InitialAccessTokens } from '../../../src/oauth/registration/initial-access-tokens.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { Administration } from '../support/administration.js';
import { expectProblem, fieldsOf } from '../support/problems.js';

interface Token {
  id: string;
  token?: string;
  usesLeft: number;
}

const PATH = '/api/admin/initial-access-tokens';

let server: TestApp;
let administration: Administration;

beforeAll(async () => {
  server = await startTestApp();
  administration = await Administration.of(server);
});
afterAll(async () => {
  await server.close();
});

const ask = (method: string, path = '', json?: unknown, by = administration.admin) =>
  server.api.request<Token>(method, PATH + path, {
    token: by.accessToken,
    ...(json !== undefined && { json }),
  });
const make = (fields: object = {}, by = administration.admin) =>
  ask('POST', '', { name: 'Partner', ...fields }, by);
const list = async (query = '') => {
  const { body } = await server.api.get<{ tokens: Token[]; nextCursor: string | null }>(PATH + query, {
    token: administration.admin.accessToken,
  });
  return body;
};

describe('Initial access tokens', () => {
  it('are shown once, and listed without the token', async () => {
    const made = await make();
    expect(made.status).toBe(201);
    expect(made.headers.get('cache-control')).toBe('no-store');
    const { token = '', ...seen } = made.body;
    expect(token).toMatch(/^lk_it_[\w-]{43}$/);
    expect(seen).toMatchObject({
      name: 'Partner',
      grants: ['authorization_code', 'refresh_token'],
      scopes: ['openid', 'profile', 'email'],
      uses: 1,
      usesLeft: 1,
    });
    expect((await list()).tokens).toContainEqual(seen);
    expect(JSON.stringify(await list())).not.toContain('lk_it_');
    expect(await server.app.get(InitialAccessTokens).find(token)).toMatchObject({ id: seen.id });
  });

  it('are listed page by page', async () => {
    const made = [await make(), await make(), await make()].map(({ body }) => body.id);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await list(`?limit=2${cursor && `&cursor=${cursor}`}`);
      expect(page.tokens.length).toBeLessThanOrEqual(2);
      seen.push(...page.tokens.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen.filter((id) => made.includes(id))).toEqual(made);
    expectProblem(await ask('GET', '?cursor=x'), 400, 'VALIDATION_FAILED');
  });

  it('are revoked', async () => {
    const { body } = await make();
    expect((await ask('DELETE', `/${body.id}`)).status).toBe(204);
    expect(await server.app.get(InitialAccessTokens).find(String(body.token))).toBeUndefined();
    for (const id of [body.id, randomUUID(), 'x'])
      expectProblem(await ask('DELETE', `/${id}`), 404, 'NOT_FOUND');
  });

  it.each([
    [{ name: '' }, 'name'],
    [{ grants: ['password'] }, 'grants'],
    [{ scopes: ['a b'] }, 'scopes'],
    [{ uses: 0 }, 'uses'],
    [{ uses: 1001 }, 'uses'],
    [{ uses: '1' }, 'uses'],
    [{ expiresInSeconds: 59 }, 'expiresInSeconds'],
    [{ expiresInSeconds: 7_776_001 }, 'expiresInSeconds'],
    [{ firstParty: true }, 'firstParty'],
  ])('are refused as %j', async (fields, field) => {
    const answer = await make(fields);
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(fieldsOf(answer)).toContain(field);
  });

  it('are for who has the scopes, and no more of them than they have', async () => {
    const { body } = await make();
    const reader = await administration.withScopes('clients:read');
    expect((await ask('GET', '', undefined, reader)).status).toBe(200);
    expectProblem(await make({}, reader), 403, 'INSUFFICIENT_SCOPE');
    expectProblem(await ask('DELETE', `/${body.id}`, undefined, reader), 403, 'INSUFFICIENT_SCOPE');
    expectProblem(await ask('GET', '', undefined, await administration.user()), 403, 'INSUFFICIENT_SCOPE');
    const keeper = await administration.withScopes('clients:write', 'orders:read');
    expect((await make({ scopes: ['openid', 'orders:read'] }, keeper)).status).toBe(201);
    for (const scopes of [['users:write'], ['orders:write']])
      expectProblem(await make({ scopes }, keeper), 403, 'INSUFFICIENT_SCOPE');
  });

  it('leave in the audit log who made and revoked them', async () => {
    const { body } = await make();
    await ask('DELETE', `/${body.id}`);
    const { id } = administration.admin.user;
    for (const type of ['initial_access_token.created', 'initial_access_token.revoked']) {
      const [latest] = await administration.events({ type });
      expect(latest).toMatchObject({
        actor: { kind: 'user', id },
        details: { initialAccessTokenId: body.id },
      });
    }
  });
});
