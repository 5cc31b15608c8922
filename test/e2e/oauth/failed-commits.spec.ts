import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import * as oidc from 'openid-client';
import { DatabaseConnection } from '../../../src/database/database.js';
import { describeOnEachStore } from '../support/databases.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { signInBrowser } from './signed-in-browser.js';

describeOnEachStore('A code whose exchange cannot be committed', (environment) => {
  let as: TestAuthorizationServer;

  beforeAll(async () => {
    as = await TestAuthorizationServer.start({ environment: environment() });
    await database().execute(sql`create function latchkey.refuse_commit() returns trigger language plpgsql as
      $$ begin raise exception 'The disk is full.'; end $$`);
  });

  afterAll(() => as.close());

  const database = () => as.server.app.get(DatabaseConnection, { strict: false }).db;

  /** As a disk that is full, or a connection that is lost: all was written, and then it is not. */
  async function withFailingCommits(request: () => Promise<void>): Promise<void> {
    await database()
      .execute(sql`create constraint trigger refuse_commit after update on latchkey.oauth_artifacts
      deferrable initially deferred for each row execute function latchkey.refuse_commit()`);
    try {
      await request();
    } finally {
      await database().execute(sql`drop trigger refuse_commit on latchkey.oauth_artifacts`);
    }
  }

  it('gives no tokens and leaves no open session, wherever sessions are kept', async () => {
    const config = await as.client({});
    const { cookie } = await signInBrowser(as.url, as.origin);
    const { location, checks } = await as.authorize(config, cookie, { scope: 'openid account' });
    const use = () => oidc.authorizationCodeGrant(config, location, checks);
    const sessions = async () =>
      (await as.server.api.get<unknown[]>('/api/auth/sessions', { headers: { cookie } })).body;
    await withFailingCommits(() =>
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
