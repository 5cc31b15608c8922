import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { FixedClients } from '../../../src/oauth/clients/fixed-clients.js';
import { clientSecretHash } from '../../../src/oauth/clients/client-secret.js';
import { OPERATOR } from '../../../src/oauth/clients/client-writer.js';
import { OAuthClients } from '../../../src/oauth/clients/oauth-clients.js';
import { readFixedClients } from '../../../src/oauth/clients/read-fixed-clients.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { Administration } from '../support/administration.js';
import { describeOnEachStore } from '../support/databases.js';

const SHOP = {
  id: 'shop',
  name: 'Shop',
  type: 'public',
  redirectUris: ['https://shop.example.com/callback'],
};
const api = (...secrets: string[]) => ({
  id: 'api',
  name: 'API',
  type: 'confidential',
  grants: ['client_credentials'],
  secretHashes: secrets.map(clientSecretHash),
});

describeOnEachStore('Clients of a file', (environment) => {
  let server: TestApp;
  let clients: OAuthClients;
  let fixed: FixedClients;

  beforeAll(async () => {
    server = await startTestApp({
      environment: { ...environment(), OAUTH_CLIENTS: JSON.stringify([SHOP, api('one')]) },
    });
    clients = server.app.get(OAuthClients);
    fixed = server.app.get(FixedClients);
  });
  afterAll(async () => {
    await server.close();
  });

  const start = (...entries: object[]) => fixed.store(readFixedClients(entries));

  it('are there when the server has started', async () => {
    expect(await clients.find('shop')).toMatchObject({ name: 'Shop', fixed: true, authMethod: 'none' });
    expect(await clients.verifySecret('api', 'one')).toBe(true);
    expect(await clients.verifySecret('api', 'two')).toBe(false);
  });

  it('stay as they are at the next start, and change with the file', async () => {
    const before = await clients.find('shop');
    await start(SHOP, api('one'));
    expect(await clients.find('shop')).toEqual(before);
    await start({ ...SHOP, name: 'Store' }, api('two', 'one'));
    expect(await clients.find('shop')).toMatchObject({ name: 'Store', version: 2 });
    expect(await clients.verifySecret('api', 'one')).toBe(true);
    expect(await clients.verifySecret('api', 'two')).toBe(true);
    await start(SHOP, api('two'));
    expect(await clients.verifySecret('api', 'one')).toBe(false);
  });

  it('are changed by instances that start at once, one after the other', async () => {
    await Promise.all(
      Array.from({ length: 4 }, () =>
        start({ ...SHOP, name: 'At once' }, { ...SHOP, id: 'new' }, api('two')),
      ),
    );
    expect(await clients.find('shop')).toMatchObject({ name: 'At once' });
    expect(await clients.find('new')).toMatchObject({ version: 1 });
    await start(SHOP, api('two'));
  });

  it('are changed by the file alone', async () => {
    const refused = { code: 'CLIENT_PROTECTED' };
    await expect(clients.change('shop', { name: 'X' }, OPERATOR)).rejects.toMatchObject(refused);
    await expect(clients.rotateSecret('api', OPERATOR)).rejects.toMatchObject(refused);
    await expect(clients.delete('shop', OPERATOR)).rejects.toMatchObject(refused);
  });

  it('that it does not name any more are disabled, and can be deleted or taken into it again', async () => {
    await start(SHOP);
    expect(await clients.find('api')).toMatchObject({ fixed: false, disabled: true });
    expect(await clients.verifySecret('api', 'two')).toBe(false);
    await start(SHOP, api('two'));
    expect(await clients.find('api')).toMatchObject({ fixed: true, disabled: false });
    expect(await clients.verifySecret('api', 'two')).toBe(true);
    await start(SHOP);
    await clients.delete('api', OPERATOR);
    expect(await clients.find('api')).toBeUndefined();
  });

  it('are in the audit log as the system’s', async () => {
    await start(SHOP, { ...SHOP, id: 'audited' });
    const administration = await Administration.of(server);
    const [event] = await administration.events({ type: 'client.created' });
    expect(event).toMatchObject({ actor: { kind: 'system' }, details: { clientId: 'audited' } });
  });
});
