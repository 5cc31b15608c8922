import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWithPostgres, type TestDatabase } from '../../support/services/available.js';
import { createMigratedDatabase } from '../../support/services/migrated-database.js';
import { eventually } from '../support/eventually.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { rounds } from './races.js';

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const ROUNDS = rounds(25);

const APP_SECRET = randomBytes(48).toString('base64');

describeWithPostgres('The device flow with two instances', () => {
  let database: TestDatabase;
  let instances: TestAuthorizationServer[];

  beforeAll(async () => {
    database = await createMigratedDatabase();
    const environment = { DATABASE_URL: database.url, PUBLIC_URL: 'http://localhost:3000', APP_SECRET };
    instances = [
      await TestAuthorizationServer.start({ environment }),
      await TestAuthorizationServer.start({ environment }),
    ];
  });
  afterAll(async () => {
    for (const instance of instances ?? []) await instance.close();
    await database?.drop();
  });

  it('gives one session to polls at both at once, and takes one answer', async () => {
    const [one, two] = instances as [TestAuthorizationServer, TestAuthorizationServer];
    const { client } = await one.newClient({
      type: 'public',
      grants: [DEVICE_GRANT, 'refresh_token'],
      redirectUris: [],
    });
    const { accessToken: token } = (await one.server.api.register()).body;
    const send = async ({ url }: TestAuthorizationServer, path: string, form: Record<string, string>) => {
      const body = new URLSearchParams({ client_id: client.id, ...form });
      const answer = await fetch(url + path, { method: 'POST', body });
      return (await answer.json()) as Record<string, string>;
    };
    for (let round = 0; round < ROUNDS; round++) {
      const device = await send(one, '/oauth/device_authorization', { scope: 'openid account' });
      const json = { userCode: device['user_code'], allow: true };
      const answers = await Promise.all(
        [one, two].map(({ server }) => server.api.request('PUT', '/api/auth/device', { token, json })),
      );
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 404]);
      const form = { grant_type: DEVICE_GRANT, device_code: device['device_code'] ?? '' };
      const polls = await Promise.all(
        [one, two, one].map((instance) => send(instance, '/oauth/token', form)),
      );
      const errors = polls.map(({ error }) => error).filter((error) => error !== undefined);
      expect(errors).toHaveLength(2);
      // One that comes once another has used the code uses it again.
      const isUsedAgain = errors.includes('invalid_grant');
      expect(errors.filter((error) => error !== 'invalid_grant' && error !== 'slow_down')).toEqual([]);
      const won = polls.find((poll) => poll['access_token'])?.['access_token'] ?? '';
      await eventually(async () => {
        const { status } = await two.server.api.get('/api/profile', { token: won });
        expect(status).toBe(isUsedAgain ? 401 : 200);
      });
    }
  });
});
