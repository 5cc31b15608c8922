import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PASSWORD } from '../../support/api-client.js';
import { withSecondSignature } from '../../support/jws.js';
import { expectProblem } from '../support/problems.js';
import { ENTRANCES, type ForgedServer, startForgedServer } from './forged-server.js';

/**
 * An ECDSA signature (r, s) has a twin (r, n − s) that anyone can compute and that verifies as well. OpenSSL writes
 * either at random, so neither can be refused; what matters is that the twin is the same token, for better and worse.
 */
describe.each(['ES256', 'ES384'] as const)('the second signature of an %s token', (alg) => {
  let forged: ForgedServer;

  beforeAll(async () => {
    forged = await startForgedServer(alg);
  });

  afterAll(async () => {
    await forged.close();
  });

  const login = async () => (await forged.api.login(forged.user.user.email, PASSWORD)).body.accessToken;

  async function expectRefused(token: string, code: 'TOKEN_REVOKED' | 'TOKEN_EXPIRED'): Promise<void> {
    for (const [entrance] of ENTRANCES) {
      const said = entrance === '/passport' ? 'TOKEN_INVALID' : code;
      expectProblem(await forged.send(entrance, token), 401, said);
    }
  }

  it('opens what the first one opens, for the same caller', async () => {
    const token = await login();
    const twin = withSecondSignature(token, alg);
    expect(twin).not.toBe(token);
    expect(withSecondSignature(twin, alg)).toBe(token);
    for (const [entrance, status] of ENTRANCES) {
      expect((await forged.send(entrance, twin)).status).toBe(status);
    }
    const [one, other] = [await forged.send('/api/profile', token), await forged.send('/api/profile', twin)];
    expect(other.body).toEqual(one.body);
  });

  it.each(['the first', 'the second'])('is revoked with %s, whichever was seen before', async (used) => {
    const token = await login();
    const twin = withSecondSignature(token, alg);
    const seen = await login();
    for (const each of [seen, withSecondSignature(seen, alg)]) {
      expect((await forged.api.profile(each)).status).toBe(200);
    }
    for (const session of [token, seen]) {
      const bearer = used === 'the first' ? session : withSecondSignature(session, alg);
      expect((await forged.api.post('/api/auth/logout', undefined, { token: bearer })).status).toBe(204);
    }
    for (const each of [token, twin, seen, withSecondSignature(seen, alg)]) {
      await expectRefused(each, 'TOKEN_REVOKED');
    }
  });

  // Moves the clock, so it comes last.
  it('ends when the first one ends', async () => {
    const token = await login();
    const twin = withSecondSignature(token, alg);
    expect((await forged.api.profile(twin)).status).toBe(200);
    forged.server.clock.advance(15 * 60_000);
    for (const each of [token, twin]) await expectRefused(each, 'TOKEN_EXPIRED');
  });
});
