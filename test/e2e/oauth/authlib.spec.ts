import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { authlib, describeWithAuthlib } from '../../support/services/available.js';
import { CALLBACK, TestAuthorizationServer } from './authorization-server.js';
import { signInBrowser } from './signed-in-browser.js';

describeWithAuthlib('Authlib, in Python', () => {
  let as: TestAuthorizationServer;

  beforeAll(async () => {
    // What every OpenID provider is to support (OpenID Connect Discovery section 3), so that its check of the metadata passes.
    as = await TestAuthorizationServer.start({ environment: { SIGNING_ALG: 'RS256' } });
  });

  afterAll(() => as.close());

  it('gets a code, tokens, claims and a client’s own token, introspects, refreshes and revokes', async () => {
    const { client, secret } = await as.newClient({
      grants: ['authorization_code', 'refresh_token', 'client_credentials'],
    });
    const { cookie, userId, email } = await signInBrowser(as.url, as.origin);
    const scope = 'openid email account';
    const asked = { issuer: as.origin, client_id: client.id, secret, redirect_uri: CALLBACK, cookie, scope };
    const running = promisify(execFile)(authlib?.path ?? '', ['test/e2e/oauth/authlib-client.py'], {
      // It takes no plain HTTP else, also on this machine.
      env: { AUTHLIB_INSECURE_TRANSPORT: '1', NO_PROXY: '*' },
    });
    running.child.stdin?.end(JSON.stringify(asked));
    const got = JSON.parse((await running).stdout) as unknown;
    expect(got).toMatchObject({
      claims: { sub: userId, email, aud: client.id, nonce: 'of-python', amr: ['pwd'] },
      userinfo: { sub: userId, email },
      before: { active: true, sub: userId, client_id: client.id, scope },
      refreshed: true,
      after: { active: false },
      own: { active: true, client_id: client.id },
    });
  });
});
