import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ApiClient } from '../../support/api-client.js';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import { createDatabase, describeWithPostgres, type TestDatabase } from '../../support/services/available.js';
import { temporaryDirectory, testEnvironment } from '../../support/test-config.js';

describeWithPostgres('several processes on one PostgreSQL database', () => {
  const directory = temporaryDirectory();
  let database: TestDatabase;
  let servers: LatchkeyProcess[] = [];
  let clients: ApiClient[] = [];

  beforeAll(async () => {
    database = await createDatabase();
    const environment = testEnvironment(directory.path, {
      NODE_ENV: 'development',
      DATABASE_URL: database.url,
      PUBLIC_URL: 'http://latchkey.test',
    });
    servers = await Promise.all(Array.from({ length: 3 }, () => LatchkeyProcess.start(environment)));
    clients = servers.map((server) => new ApiClient(server.url));
  });

  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await database.drop();
    directory.remove();
  });

  it('start at once: one migration, one initial admin, one signing key', async () => {
    expect(servers.filter((server) => server.stdout.includes('Initial administrator'))).toHaveLength(1);
    const jwks = await Promise.all(
      clients.map((api) => api.get<{ keys: object[] }>('/.well-known/jwks.json')),
    );
    expect(jwks[0]?.body.keys).toHaveLength(1);
    expect(jwks.map((response) => response.body.keys)).toEqual(jwks.map(() => jwks[0]?.body.keys));
  });

  it('accept each other’s tokens, and refuse them soon after a logout elsewhere', async () => {
    const [here, there] = clients as [ApiClient, ApiClient];
    const { accessToken, refreshToken } = (await here.register()).body;
    expect((await there.profile(accessToken)).status).toBe(200);
    expect((await there.refresh(refreshToken)).status).toBe(200);
    await here.post('/api/auth/logout', undefined, { token: accessToken });
    expect((await here.profile(accessToken)).body.code).toBe('TOKEN_REVOKED');
    const deadline = Date.now() + 30_000;
    let code = '';
    while (code !== 'TOKEN_REVOKED' && Date.now() < deadline)
      code = (await there.profile(accessToken)).body.code;
    expect(code).toBe('TOKEN_REVOKED');
  });
});
