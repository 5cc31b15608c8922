import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { NewClient } from '../../../src/oauth/clients/new-client.js';
import { OPERATOR } from '../../../src/oauth/clients/client-writer.js';
import { OAuthClients } from '../../../src/oauth/clients/oauth-clients.js';
import { oauthToken, tokenOfGrant } from '../../support/oauth-tokens.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { expectProblem } from '../support/problems.js';
import { TestAuthorizationServer } from './authorization-server.js';

describeOnEachDatabase('A gateway that asks about tokens of OAuth clients', (environment) => {
  let as: TestAuthorizationServer;

  beforeAll(async () => {
    as = await TestAuthorizationServer.start({ environment: environment() });
  });

  afterAll(() => as.close());

  const verify = (query: string, token: string) => as.server.api.get(`/api/auth/verify${query}`, { token });

  /** Of a user who uses the client, and of the client by itself. */
  async function tokensOf(settings: Partial<NewClient>, ...scopes: string[]) {
    const { client } = await as.newClient(settings);
    const { user } = (await as.server.api.register()).body;
    const [ofUser, own] = await Promise.all([
      oauthToken(as.server.app, client.id, user.id, ...scopes),
      oauthToken(as.server.app, client.id, client.id, ...scopes),
    ]);
    return { id: client.id, ofUser, own };
  }

  it('lets first-party clients pass a rule without scopes, and says which it is', async () => {
    const { id, ofUser, own } = await tokensOf({}, 'openid');
    const passed = await verify('', ofUser);
    expect([passed.status, passed.headers.get('x-auth-client')]).toEqual([204, id]);
    expectProblem(await verify('', own), 403, 'USER_REQUIRED');
    expect((await verify('?clients=true', own)).status).toBe(204);
  });

  it('lets third-party clients pass only where it asks for scopes that they have', async () => {
    const { id, ofUser, own } = await tokensOf({ firstParty: false }, 'openid', 'roles', 'stock:write');
    for (const query of ['', '?', '?clients=true']) {
      const refused = await verify(query, ofUser);
      expectProblem(refused, 403, 'INSUFFICIENT_SCOPE');
      expect(refused.headers.get('x-auth-subject')).toBeNull();
    }
    expectProblem(await verify('?clients=true', own), 403, 'INSUFFICIENT_SCOPE');
    for (const [query, token] of [
      ['?scopes=stock:write', ofUser],
      ['?clients=true&scopes=stock:write', own],
    ] as const) {
      const passed = await verify(query, token);
      expect([passed.status, passed.headers.get('x-auth-client')]).toEqual([204, id]);
    }
    expectProblem(await verify('?scopes=stock:read', ofUser), 403, 'INSUFFICIENT_SCOPE');
  });

  it('takes a role for no leave of a third-party client', async () => {
    const partner = await as.newClient({ firstParty: false });
    const { user, accessToken } = (await as.server.api.register()).body;
    const token = await tokenOfGrant(as.server.app, {
      clientId: partner.client.id,
      subject: user.id,
      scopes: ['roles'],
      roles: ['user'],
    });
    expectProblem(await verify('?roles=user', token), 403, 'INSUFFICIENT_SCOPE');
    expect((await verify('?roles=user&scopes=roles', token)).status).toBe(204);
    expect((await verify('?roles=user', accessToken)).status).toBe(204);
  });

  it('is closed at once to a client that is first-party no more', async () => {
    const { id, ofUser } = await tokensOf({}, 'openid');
    expect((await verify('', ofUser)).status).toBe(204);
    await as.server.app.get(OAuthClients, { strict: false }).change(id, { firstParty: false }, OPERATOR);
    expectProblem(await verify('', ofUser), 401, 'TOKEN_REVOKED');
  });

  it('lets what was given in exchange pass only where it asks for scopes: it may have been a partner’s', async () => {
    const { client } = await as.newClient({ scopes: ['stock:write'] });
    const { user } = (await as.server.api.register()).body;
    const granted = { clientId: client.id, subject: user.id, scopes: ['stock:write'], roles: [] };
    const act = { sub: client.id, sid: client.sid };
    const exchanged = await tokenOfGrant(as.server.app, { ...granted, act });
    expectProblem(await verify('', exchanged), 403, 'INSUFFICIENT_SCOPE');
    expect((await verify('?scopes=stock:write', exchanged)).status).toBe(204);
  });

  it('says of a login that it is Latchkey’s own', async () => {
    const { accessToken } = (await as.server.api.register()).body;
    const passed = await verify('', accessToken);
    expect([passed.status, passed.headers.get('x-auth-client')]).toEqual([204, 'latchkey']);
  });
});
