import { afterAll, afterEach, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import { Clock } from '../../../src/common/clock.js';
import { UnitOfWork } from '../../../src/common/unit-of-work.js';
import { OPERATOR } from '../../../src/oauth/clients/client-writer.js';
import { OAuthClients } from '../../../src/oauth/clients/oauth-clients.js';
import { describeWithPostgres, type TestDatabase } from '../../support/services/available.js';
import { createMigratedDatabase } from '../../support/services/migrated-database.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { Person } from './person.js';

const HOUR = 3_600_000;
/** Of a server: applications on loopback addresses are asked about each time. */
const redirect_uri = 'https://shop.example.com/callback';

// Who holds a connection and waits for another waits for ever, if all that hold one do.
describeWithPostgres('With one connection to the database', () => {
  let database: TestDatabase;
  let as: TestAuthorizationServer;

  beforeAll(async () => {
    database = await createMigratedDatabase();
    as = await TestAuthorizationServer.start({
      environment: { DATABASE_URL: database.url, DATABASE_POOL_MAX: '1', LOGIN_RATE_LIMIT: '1000/1m' },
    });
  });
  afterAll(async () => {
    await as.close();
    await database.drop();
  });

  // What is known in process is old within each transaction, so that it would be read anew.
  beforeEach(() => {
    const { app } = as.server;
    const clock = app.get(Clock);
    const unitOfWork = app.get(UnitOfWork, { strict: false });
    const monotonic = clock.monotonic.bind(clock);
    let ahead = 0;
    jest.spyOn(clock, 'monotonic').mockImplementation(() => monotonic() + ahead);
    const run = unitOfWork.run.bind(unitOfWork);
    jest.spyOn(unitOfWork, 'run').mockImplementation((work) =>
      run((transaction) => {
        ahead += HOUR;
        return work(transaction);
      }),
    );
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const shop = async (firstParty: boolean) => {
    const config = await as.client({ firstParty, redirectUris: [redirect_uri] });
    return { config, ada: await new Person(as, config).signedIn() };
  };
  const asked = { redirect_uri, scope: 'openid email' };

  it('a first-party client exchanges its code', async () => {
    const { ada } = await shop(true);
    expect(await ada.tokens(await ada.ask(asked))).toMatchObject({ access_token: expect.any(String) });
  });

  it('a user allows a client of others something, which takes it, and takes it back', async () => {
    const { ada } = await shop(false);
    const { access_token } = await ada.tokens(await ada.answer(await ada.ask(asked), 'allow'));
    const { accessToken: token } = (await as.server.api.login(ada.email)).body;
    const path = `/api/auth/consents/${ada.clientId}`;
    expect((await as.server.api.request('DELETE', path, { token })).status).toBe(204);
    const headers = { authorization: `Bearer ${access_token}` };
    expect((await fetch(`${as.url}/oauth/userinfo`, { headers })).status).toBe(401);
  });

  it('an operator changes, disables and deletes a client that has grants', async () => {
    const clients = as.server.app.get(OAuthClients, { strict: false });
    const { ada } = await shop(true);
    await ada.tokens(await ada.ask(asked));
    await clients.change(ada.clientId, { scopes: ['openid'] }, OPERATOR);
    await clients.change(ada.clientId, { disabled: true }, OPERATOR);
    await clients.delete(ada.clientId, OPERATOR);
    expect(await clients.find(ada.clientId)).toBeUndefined();
  });
});
