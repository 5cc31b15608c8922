import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { DatabaseConnection } from '../../../src/database/database.js';
import { roles } from '../../../src/users/users.table.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { signInBrowser } from './signed-in-browser.js';

const ORDERS = 'https://orders.example.com/api';
const OWN = 'orders:read';

describe('A client with a scope that no role gives', () => {
  let as: TestAuthorizationServer;

  beforeAll(async () => {
    as = await TestAuthorizationServer.start();
  });
  afterAll(() => as.close());

  const service = (scopes: readonly string[] = ['openid', 'email', OWN]) =>
    as.client({
      grants: ['authorization_code', 'refresh_token', 'client_credentials'],
      audiences: [ORDERS],
      scopes: [...scopes],
    });
  const scopeOf = ({ access_token }: { access_token: string }) => decodeJwt(access_token)['scope'];

  it('gets it in its own name, for Latchkey and for a resource of its own', async () => {
    const config = await service();
    const tokens = await oidc.clientCredentialsGrant(config, { scope: OWN });
    expect([scopeOf(tokens), tokens.scope]).toEqual([OWN, OWN]);
    const elsewhere = await oidc.clientCredentialsGrant(config, { scope: OWN, resource: ORDERS });
    expect([scopeOf(elsewhere), decodeJwt(elsewhere.access_token).aud]).toEqual([OWN, ORDERS]);
  });

  it.each([{}, { resource: ORDERS }])('gets no other scope that no role gives: %j', async (resource) => {
    const config = await service();
    await expect(
      oidc.clientCredentialsGrant(config, { scope: 'orders:write', ...resource }).then(scopeOf),
    ).rejects.toMatchObject({ error: 'invalid_scope' });
  });

  it('gets it of no user, and all else as before', async () => {
    const config = await service();
    const { cookie } = await signInBrowser(as.url, as.origin);
    const { location, checks } = await as.authorize(config, cookie, { scope: `openid email ${OWN}` });
    const tokens = await oidc.authorizationCodeGrant(config, location, checks);
    expect(scopeOf(tokens)).toBe('openid email');
  });

  it('goes on when the role that gave it is deleted', async () => {
    const scope = `things-${randomUUID().slice(0, 8)}:read`;
    const { db } = as.server.app.get(DatabaseConnection, { strict: false });
    const name = randomUUID();
    await db.insert(roles).values({ name, scopes: [scope], description: '' });
    as.server.clock.advance(2_000);
    const config = await service(['openid', scope]);
    expect(scopeOf(await oidc.clientCredentialsGrant(config, { scope }))).toBe(scope);
    await db.delete(roles).where(eq(roles.name, name));
    as.server.clock.advance(2_000);
    expect(scopeOf(await oidc.clientCredentialsGrant(config, { scope }))).toBe(scope);
  });
});
