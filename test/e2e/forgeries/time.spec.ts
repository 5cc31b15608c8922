import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Clock } from '../../../src/common/clock.js';
import { expectProblem } from '../support/problems.js';
import { type ForgedServer, startForgedServers } from './forged-server.js';

const TTL = 900;

/** Clocks differ by so many seconds at most. */
describe.each([
  ['0s', 0],
  ['5s', 5],
  ['30s', 30],
])('with CLOCK_LEEWAY=%s', (setting, leeway) => {
  let forged: ForgedServer;
  /** Seconds: a whole one, so that the very edge can be tested. */
  let now: number;
  let milliseconds = 0;

  beforeAll(async () => {
    forged = await startForgedServers('ES256', { CLOCK_LEEWAY: setting, ACCESS_TOKEN_TTL: `${TTL}s` });
    now = Number(forged.forge.claims['iat']);
    const time = () => now * 1000 + milliseconds;
    forged.server.app.get(Clock).now = time;
    forged.service?.setTime(time);
  });

  afterAll(async () => {
    await forged.close();
  });

  async function expectAccepted(token: string): Promise<void> {
    for (const [entrance, status] of forged.entrances) {
      expect([entrance, (await forged.send(entrance, token)).status]).toEqual([entrance, status]);
    }
  }

  async function expectRefused(token: string, code: 'TOKEN_INVALID' | 'TOKEN_EXPIRED'): Promise<void> {
    for (const [entrance] of forged.entrances) {
      // passport knows one reason only.
      const said = entrance === '/passport' ? 'TOKEN_INVALID' : code;
      expectProblem(await forged.send(entrance, token), 401, said);
    }
  }

  describe.each(['iat', 'nbf'])('%s', (name) => {
    it(`may be ${leeway} s ahead, and not a second more`, async () => {
      await expectAccepted(forged.forge.withClaims({ [name]: now + leeway }));
      await expectRefused(forged.forge.withClaims({ [name]: now + leeway + 1 }), 'TOKEN_INVALID');
    });

    it('lets in a caller that was too early, once its time has come', async () => {
      const token = forged.forge.withClaims({ [name]: now + leeway + 1 });
      await expectRefused(token, 'TOKEN_INVALID');
      milliseconds = 999;
      await expectRefused(token, 'TOKEN_INVALID');
      milliseconds = 1000;
      await expectAccepted(token);
      milliseconds = 0;
      await expectRefused(token, 'TOKEN_INVALID');
    });
  });

  describe('exp', () => {
    it('ends a token at that very millisecond, whatever the leeway', async () => {
      const token = forged.forge.withClaims({ exp: now + 1 });
      await expectAccepted(token);
      milliseconds = 999;
      await expectAccepted(token);
      milliseconds = 1000;
      await expectRefused(token, 'TOKEN_EXPIRED');
      await expectRefused(forged.forge.withClaims({ exp: now + 1, jti: 'seen-first-now' }), 'TOKEN_EXPIRED');
      milliseconds = 0;
    });

    it.each([
      ['now', 0],
      ['a second ago', -1],
      ['as long ago as the leeway', -leeway],
    ])('%s is over', async (_, seconds) => {
      await expectRefused(forged.forge.withClaims({ exp: now + seconds }), 'TOKEN_EXPIRED');
    });

    it('before iat and nbf never was', async () => {
      const token = forged.forge.withClaims({ iat: now, nbf: now, exp: now - 1 });
      await expectRefused(token, 'TOKEN_EXPIRED');
    });

    it.each([
      ['a year ahead', (iat: number) => iat + 31_557_600],
      ['in milliseconds', (iat: number) => (iat + TTL) * 1000],
      ['as far ahead as numbers go', () => Number.MAX_SAFE_INTEGER],
    ])('%s gives no more time than ACCESS_TOKEN_TTL', async (title, expOf) => {
      const token = forged.forge.withClaims({ exp: expOf(now), jti: title.replaceAll(' ', '-') });
      await expectAccepted(token);
      milliseconds = TTL * 1000 - 1;
      await expectAccepted(token);
      milliseconds = TTL * 1000;
      await expectRefused(token, 'TOKEN_EXPIRED');
      milliseconds = 0;
    });
  });
});
