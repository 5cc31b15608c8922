import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { StoragePurge } from '../../../src/database/purge/storage-purge.js';
import { SessionsService } from '../../../src/tokens/sessions/sessions.service.js';
import type { SignedIn } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { temporaryDirectory, type TemporaryDirectory } from '../../support/test-config.js';
import { describeOnEachStore } from '../support/databases.js';
import { expectProblem } from '../support/problems.js';

const JUMP = 20 * 60_000;
const SECRET = randomBytes(48).toString('base64');

describeOnEachStore('A clock that jumps ahead and comes back', (environment) => {
  let directory: TemporaryDirectory;
  let server: TestApp;

  const start = () =>
    startTestApp({
      dataDir: directory.path,
      environment: { ...environment(), APP_SECRET: SECRET, PUBLIC_URL: 'https://id.example.com' },
    });
  const loggedOut = async (): Promise<SignedIn> => {
    const { body } = await server.api.register();
    const answer = await server.api.post('/api/auth/logout', undefined, { token: body.accessToken });
    expect(answer.status).toBe(204);
    return body;
  };
  const expectDead = async ({ accessToken }: SignedIn) =>
    expectProblem(await server.api.profile(accessToken), 401, 'TOKEN_REVOKED');

  beforeAll(async () => {
    directory = temporaryDirectory();
    server = await start();
  });
  afterAll(async () => {
    await server.close();
    directory.remove();
  });

  it('revives no logged-out access token, not after a restart, either', async () => {
    const tokens = await loggedOut();
    await expectDead(tokens);
    server.clock.advance(JUMP);
    await server.app.get(StoragePurge).run();
    expectProblem(await server.api.profile(tokens.accessToken), 401, 'TOKEN_EXPIRED');
    server.clock.advance(-JUMP);
    await expectDead(tokens);

    await server.close();
    server = await start();
    await expectDead(tokens);
  });

  it('revives none of a logout while it was set back, either', async () => {
    const { body } = await server.api.register();
    server.clock.advance(-JUMP);
    // The token is of the future now; its session ends all the same.
    await server.app.get(SessionsService).end({ subject: body.user.id, reason: 'logout_all' });
    server.clock.advance(JUMP);
    await server.app.get(StoragePurge).run();
    await expectDead(body);
    await server.close();
    server = await start();
    await expectDead(body);
  });
});
