import { afterAll, beforeAll, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { describeOnEachStore } from '../support/databases.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { withFailingCommits } from './failing-commits.js';
import { signInBrowser } from './signed-in-browser.js';

describeOnEachStore('A code whose exchange cannot be committed', (environment) => {
  let as: TestAuthorizationServer;

  beforeAll(async () => {
    as = await TestAuthorizationServer.start({ environment: environment() });
  });

  afterAll(() => as.close());

  it('gives no tokens and leaves no open session, wherever sessions are kept', async () => {
    const config = await as.client({});
    const { cookie } = await signInBrowser(as.url, as.origin);
    const { location, checks } = await as.authorize(config, cookie, { scope: 'openid account' });
    const use = () => oidc.authorizationCodeGrant(config, location, checks);
    const sessions = async () =>
      (await as.server.api.get<unknown[]>('/api/auth/sessions', { headers: { cookie } })).body;
    await withFailingCommits(as.server.app, 'oauth_artifacts', () =>
      expect(use()).rejects.toMatchObject({ cause: { status: expect.any(Number) } }),
    );
    expect(await sessions()).toHaveLength(1);
    // In the database it is as if it had never been used; elsewhere its session has been, and is over.
    if (environment()['REDIS_URL'] === undefined) {
      expect(await use()).toMatchObject({ access_token: expect.any(String) });
      expect(await sessions()).toHaveLength(2);
    } else {
      await expect(use()).rejects.toMatchObject({ error: 'invalid_grant' });
      expect(await sessions()).toHaveLength(1);
    }
  });
});
