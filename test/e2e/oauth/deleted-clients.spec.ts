import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { DatabaseConnection } from '../../../src/database/database.js';
import { OPERATOR } from '../../../src/oauth/clients/client-writer.js';
import { OAuthClients } from '../../../src/oauth/clients/oauth-clients.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { Person } from './person.js';

/** Of a server: applications on loopback addresses are asked about each time. */
const redirect_uri = 'https://shop.example.com/callback';
const SCOPES = ['openid', 'email'];

describeOnEachDatabase('What people allowed a client', (environment) => {
  let as: TestAuthorizationServer;
  let clients: OAuthClients;

  beforeAll(async () => {
    as = await TestAuthorizationServer.start({
      environment: { ...environment(), LOGIN_RATE_LIMIT: '1000/1m' },
    });
    clients = as.server.app.get(OAuthClients, { strict: false });
  });
  afterAll(() => as.close());

  const partner = { firstParty: false, redirectUris: [redirect_uri], scopes: SCOPES } as const;

  const allowed = async (ada: Person) => {
    const { accessToken: token } = (await as.server.api.login(ada.email)).body;
    return (await as.server.api.get<{ clientId: string }[]>('/api/auth/consents', { token })).body;
  };
  const ask = (ada: Person) => ada.ask({ redirect_uri, scope: SCOPES.join(' ') });

  it('goes with the client, and stays for others', async () => {
    const [gone, kept] = [await as.client(partner), await as.client(partner)];
    const ada = await new Person(as, gone).signedIn();
    const same = new Person(as, kept, ada.visitor);
    await ada.tokens(await ada.answer(await ask(ada), 'allow'));
    await same.tokens(await same.answer(await ask(same), 'allow'));
    expect(await allowed(ada)).toHaveLength(2);
    await clients.change(ada.clientId, { name: 'Another name' }, OPERATOR);
    expect(await allowed(ada)).toHaveLength(2);
    await clients.delete(ada.clientId, OPERATOR);
    expect(await allowed(ada)).toMatchObject([{ clientId: same.clientId }]);
    expect((await ask(same)).path).toMatch(/^https:\/\/shop\.example\.com\/callback\?code=/);
  });

  it('is not that of another client that gets its id', async () => {
    const config = await as.client(partner);
    const ada = await new Person(as, config).signedIn();
    await ada.tokens(await ada.answer(await ask(ada), 'allow'));
    expect((await ask(ada)).path).toContain('?code=');
    const { db } = as.server.app.get(DatabaseConnection, { strict: false });
    const kept = sql`"subject", "client_id", "scopes", "created_at", "updated_at"`;
    await db.execute(sql`create table latchkey.kept_consents as select ${kept} from latchkey.oauth_consents`);
    await clients.delete(ada.clientId, OPERATOR);
    // As a version of before has left it.
    await db.execute(
      sql`insert into latchkey.oauth_consents (${kept}) select ${kept} from latchkey.kept_consents on conflict do nothing`,
    );
    await db.execute(sql`drop table latchkey.kept_consents`);
    expect(await allowed(ada)).toHaveLength(1);
    const given = {
      name: 'Another',
      type: 'confidential',
      grants: ['authorization_code'],
      ...partner,
    } as const;
    await clients.create(
      { ...given, redirectUris: [...partner.redirectUris], scopes: [...SCOPES] },
      OPERATOR,
      { id: ada.clientId },
    );
    expect(await allowed(ada)).toEqual([]);
    const page = await ask(ada);
    expect([page.status, page.path]).toEqual([200, expect.stringContaining('/account/authorize/')]);
  });
});
