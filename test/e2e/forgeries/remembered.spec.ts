import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { SigningKeys } from '../../../src/tokens/keys/signing-keys.js';
import { TokenKey } from '../../../src/tokens/keys/token-key.js';
import { PASSWORD, type SignedIn } from '../../support/api-client.js';
import { expectProblem } from '../support/problems.js';
import { ENTRANCES, type ForgedServer, startForgedServer } from './forged-server.js';

/** A token whose signature was checked is remembered. What may change since is asked on the very next request. */
describe.each(['ES256', 'HS256'] as const)('a remembered %s token', (alg) => {
  let forged: ForgedServer;

  beforeAll(async () => {
    forged = await startForgedServer(alg, { REFRESH_GRACE: '0s' });
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  afterAll(async () => {
    await forged.close();
  });

  /** @returns a session whose token was just accepted everywhere, and is remembered */
  async function rememberedLogin(): Promise<SignedIn> {
    const { body } = await forged.api.login(forged.user.user.email, PASSWORD);
    await expectAccepted(body.accessToken);
    const check = jest.spyOn(TokenKey.prototype, 'verifySignature');
    await expectAccepted(body.accessToken);
    expect(check).not.toHaveBeenCalled();
    check.mockRestore();
    return body;
  }

  async function expectAccepted(token: string): Promise<void> {
    for (const [entrance, status] of ENTRANCES) {
      expect([entrance, (await forged.send(entrance, token)).status]).toEqual([entrance, status]);
    }
  }

  async function expectRefused(
    token: string,
    code: 'TOKEN_INVALID' | 'TOKEN_EXPIRED' | 'TOKEN_REVOKED',
  ): Promise<void> {
    for (const [entrance] of ENTRANCES) {
      const said = entrance === '/passport' ? 'TOKEN_INVALID' : code;
      expectProblem(await forged.send(entrance, token), 401, said);
    }
  }

  it('costs one check of its signature, however often and wherever it is sent', async () => {
    const check = jest.spyOn(TokenKey.prototype, 'verifySignature');
    const token = forged.forge.withClaims({ jti: 'seen-for-the-first-time' });
    for (let times = 0; times < 5; times += 1) await expectAccepted(token);
    expect(check).toHaveBeenCalledTimes(1);
  });

  it('does not make another token pass that differs in one character', async () => {
    const { accessToken } = await rememberedLogin();
    for (const position of [0, accessToken.indexOf('.') + 5, accessToken.length - 2]) {
      const other = accessToken[position] === 'A' ? 'B' : 'A';
      const changed = accessToken.slice(0, position) + other + accessToken.slice(position + 1);
      await expectRefused(changed, 'TOKEN_INVALID');
    }
    await expectAccepted(accessToken);
  });

  describe('is refused on the very next request', () => {
    it('after its session logged out', async () => {
      const { accessToken: token } = await rememberedLogin();
      const other = await rememberedLogin();
      await forged.api.post('/api/auth/logout', undefined, { token });
      await expectRefused(token, 'TOKEN_REVOKED');
      await expectAccepted(other.accessToken);
    });

    it('after another session of the user ended it', async () => {
      const { accessToken: token } = await rememberedLogin();
      const other = await rememberedLogin();
      const { body } = await forged.api.get<{ id: string; current: boolean }[]>('/api/auth/sessions', {
        token,
      });
      const id = body.find((session) => session.current)?.id ?? '';
      await forged.api.request('DELETE', `/api/auth/sessions/${id}`, { token: other.accessToken });
      await expectRefused(token, 'TOKEN_REVOKED');
      await expectAccepted(other.accessToken);
    });

    it('after all sessions of the user ended', async () => {
      const tokens = [(await rememberedLogin()).accessToken, (await rememberedLogin()).accessToken];
      await forged.api.post('/api/auth/logout-all', undefined, { token: tokens[0] });
      for (const token of tokens) await expectRefused(token, 'TOKEN_REVOKED');
    });

    it('after the password was changed elsewhere', async () => {
      const { accessToken: token } = await rememberedLogin();
      const other = await rememberedLogin();
      const changed = await forged.api.post(
        '/api/auth/password/change',
        { currentPassword: PASSWORD, newPassword: `${PASSWORD} changed` },
        { token: other.accessToken },
      );
      expect(changed.status).toBe(204);
      await expectRefused(token, 'TOKEN_REVOKED');
      await expectAccepted(other.accessToken);
      await forged.api.post(
        '/api/auth/password/change',
        { currentPassword: `${PASSWORD} changed`, newPassword: PASSWORD },
        { token: other.accessToken },
      );
    });

    it('after its session’s refresh token was used a second time', async () => {
      const { accessToken: token, refreshToken } = await rememberedLogin();
      expect((await forged.api.refresh(refreshToken)).status).toBe(200);
      await expectAccepted(token);
      expectProblem(await forged.api.refresh(refreshToken), 401, 'REFRESH_TOKEN_REUSED');
      await expectRefused(token, 'TOKEN_REVOKED');
    });

    it('after its key is gone, and no sooner', async () => {
      const { accessToken: token } = await rememberedLogin();
      const keys = forged.server.app.get(SigningKeys);
      jest.spyOn(keys, 'find').mockReturnValue(undefined);
      await expectRefused(token, 'TOKEN_INVALID');
      jest.restoreAllMocks();
      await expectAccepted(token);
    });

    // Moves the clock, so it comes last.
    it('after it expired, and no sooner', async () => {
      const { accessToken: token } = await rememberedLogin();
      const { clock } = forged.server;
      const [, payload = ''] = token.split('.');
      const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp: number };
      clock.advance(exp * 1000 - clock.now() - 30_000);
      await expectAccepted(token);
      clock.advance(exp * 1000 - clock.now());
      await expectRefused(token, 'TOKEN_EXPIRED');
    });
  });
});
