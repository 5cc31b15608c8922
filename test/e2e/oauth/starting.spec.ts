import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/test-app.js';

const HS256 = { SIGNING_ALG: 'HS256', JWT_SECRET: randomBytes(32).toString('base64') };

/** What a client would find at each address of an authorization server. */
async function found({ url }: TestApp): Promise<number[]> {
  const paths = ['/.well-known/openid-configuration', '/oauth/authorize', '/oauth/userinfo'];
  return Promise.all(paths.map(async (path) => (await fetch(url + path)).status));
}

describe('the authorization server', () => {
  it.each([
    ['is there where nothing is set', {}, [200, 400, 401]],
    ['is not there with OAUTH=off', { OAUTH: 'off' }, [404, 404, 404]],
    ['is not there with HS256, which has no public keys', HS256, [404, 404, 404]],
  ])('%s', async (_, environment, statuses) => {
    const server = await startTestApp({ environment });
    try {
      expect(await found(server)).toEqual(statuses);
    } finally {
      await server.close();
    }
  });

  it('stops the start where code asks for it, and no client could know the keys', async () => {
    await expect(startTestApp({ environment: HS256, oauth: true })).rejects.toThrow(
      'oauth: true needs signing keys with a public part: there is none with HS256',
    );
  });
});
