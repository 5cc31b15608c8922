import { createHash, randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { isNotNull } from 'drizzle-orm';
import { DATABASE, type Database } from '../../../src/database/database.js';
import { oauthArtifacts } from '../../../src/oauth/artifacts/oauth-artifacts.table.js';
import type { TestEnvironment } from '../../support/test-config.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { TestAuthorizationServer } from './authorization-server.js';

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
/** One for all that use a database. */
const APP_SECRET = randomBytes(48).toString('base64');
const bareHash = (code: string) => createHash('sha256').update(code).digest('base64url');

describeOnEachDatabase('A code that people type', (environment) => {
  async function using<T>(
    more: TestEnvironment,
    use: (as: TestAuthorizationServer) => Promise<T>,
  ): Promise<T> {
    const as = await TestAuthorizationServer.start({ environment: { ...environment(), ...more } });
    try {
      return await use(as);
    } finally {
      await as.close();
    }
  }

  /** A device that waits, and a person. */
  async function begin(as: TestAuthorizationServer) {
    const { client } = await as.newClient({ type: 'public', grants: [DEVICE_GRANT], redirectUris: [] });
    const answer = await fetch(`${as.url}/oauth/device_authorization`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: client.id, scope: 'openid' }),
    });
    const { user_code: shown = '' } = (await answer.json()) as { user_code?: string };
    const { accessToken: token } = (await as.server.api.register()).body;
    return { shown, code: shown.replace('-', ''), token };
  }

  const look = async (as: TestAuthorizationServer, token: string, userCode: string) =>
    (await as.server.api.post('/api/auth/device', { userCode }, { token })).status;

  const database = (as: TestAuthorizationServer) => as.server.app.get<Database>(DATABASE, { strict: false });

  async function kept(as: TestAuthorizationServer): Promise<string[]> {
    const rows = await database(as).select().from(oauthArtifacts);
    return rows.flatMap(({ userCodeHash }) => userCodeHash ?? []);
  }

  it('is kept under a key, and not as a hash that can be tried through', async () => {
    await using({ APP_SECRET }, async (as) => {
      const { shown, code, token } = await begin(as);
      expect(await look(as, token, shown)).toBe(200);
      const hashes = await kept(as);
      expect(hashes.length).toBeGreaterThan(0);
      for (const form of [code, shown]) expect(hashes).not.toContain(bareHash(form));
      expect(hashes.join()).not.toContain(code);
    });
  });

  it('stays good where an earlier version has put it down', async () => {
    await using({ APP_SECRET }, async (as) => {
      await database(as).delete(oauthArtifacts);
      const { shown, code, token } = await begin(as);
      await database(as)
        .update(oauthArtifacts)
        .set({ userCodeHash: bareHash(code) })
        .where(isNotNull(oauthArtifacts.userCodeHash));
      expect(await look(as, token, shown)).toBe(200);
      const answered = await as.server.api.request('PUT', '/api/auth/device', {
        token,
        json: { userCode: shown, allow: true },
      });
      expect(answered.status).toBe(204);
    });
  });
});
