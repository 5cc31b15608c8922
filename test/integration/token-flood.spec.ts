import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { OwnVerificationRules } from '../../src/tokens/access/own-verification-rules.js';
import { AccessTokenVerifier } from '../../src/tokens/access/access-token-verifier.js';
import { ACCESS_TOKEN_TYPE } from '../../src/tokens/keys/access-token-type.js';
import { TokenKey } from '../../src/tokens/keys/token-key.js';
import { encodePart, signJws } from '../support/jws.js';
import { testConfig } from '../support/test-config.js';
import { ManualClock } from './manual-clock.js';

const CAPACITY = 10_000;
const MEGABYTE = 1024 * 1024;

const SECRET = createSecretKey(randomBytes(32));
const KEY = TokenKey.sharedSecret(SECRET);
const HEADER = encodePart({ alg: KEY.alg, typ: ACCESS_TOKEN_TYPE, kid: KEY.kid });

describe('a flood of distinct tokens', () => {
  const { tokens: config } = testConfig('unused');
  let clock: ManualClock;
  let verifier: AccessTokenVerifier;
  let remembered: { readonly size: number; get(token: string): unknown };

  beforeEach(() => {
    clock = new ManualClock();
    const known = { catchUp: () => Promise.resolve() };
    const keys = { ...known, find: (kid: string) => (kid === KEY.kid ? KEY : undefined) };
    const revocations = { ...known, isRevoked: () => false, askStore: () => undefined };
    verifier = new AccessTokenVerifier(keys, revocations, new OwnVerificationRules(config), clock);
    remembered = (verifier as unknown as { verified: typeof remembered }).verified;
  });

  function token(changes: Record<string, unknown> = {}, header = HEADER): string {
    const now = clock.now() / 1000;
    const claims = {
      iss: config.issuer,
      sub: 'someone',
      aud: config.audience,
      exp: now + 900,
      nbf: now,
      iat: now,
      jti: randomUUID(),
      sid: '3f0f0e9a-52c1-4f7e-9a55-0d6a4a7c1b01',
      client_id: 'latchkey',
      roles: ['user'],
      scope: 'profile:read profile:write',
      ...changes,
    };
    const signed = `${header}.${encodePart(claims)}`;
    return `${signed}.${signJws(signed, 'HS256', SECRET).toString('base64url')}`;
  }

  const verifyAll = (count: number, make: (index: number) => string) => {
    for (let index = 0; index < count; index += 1) verifier.verify(make(index));
  };

  /** @returns how many were refused */
  function refusedOf(count: number, make: (index: number) => string): number {
    let refused = 0;
    for (let index = 0; index < count; index += 1) {
      try {
        verifier.verify(make(index));
      } catch {
        refused += 1;
      }
    }
    return refused;
  }

  it('that are valid leaves as many remembered as there is room for, the latest', () => {
    verifyAll(CAPACITY, () => token());
    expect(remembered.size).toBe(CAPACITY);
    const before = heapUsed();
    const latest = token();
    let largest = 0;
    verifyAll(40_000, (index) => {
      largest = Math.max(largest, remembered.size);
      return index === 38_000 ? latest : token();
    });

    expect(largest).toBe(CAPACITY);
    expect(remembered.get(latest)).toBeDefined();
    // Had they stayed, it would be more than three times as much.
    expect(heapUsed() - before).toBeLessThan(15 * MEGABYTE);
  });

  it('that are forged leaves nothing behind, and drives nothing out', () => {
    const good = Array.from({ length: 100 }, () => token());
    for (const each of good) verifier.verify(each);
    const before = heapUsed();
    const [, payload = '', signature = ''] = token().split('.');
    const noise = () => randomBytes(32).toString('base64url');
    const unknownKey = encodePart({ alg: KEY.alg, typ: ACCESS_TOKEN_TYPE, kid: 'unknown' });
    const floods: [number, (index: number) => string][] = [
      [60_000, () => `${HEADER}.${payload}.${noise()}`],
      [20_000, () => `${HEADER}.${encodePart({ sub: randomUUID() })}.${signature}`],
      [40_000, () => token({}, unknownKey)],
      [50_000, () => `${noise()}.${noise()}.${noise()}`],
      [10_000, () => token({ aud: 'another' })],
      [10_000, () => token({ exp: clock.now() / 1000 })],
      [10_000, (index) => 'x'.repeat(8192 + index)],
    ];
    for (const [count, make] of floods) {
      expect(refusedOf(count, make)).toBe(count);
      expect(remembered.size).toBe(good.length);
    }
    expect(heapUsed() - before).toBeLessThan(15 * MEGABYTE);

    const check = jest.spyOn(KEY, 'verifySignature');
    for (const each of good) verifier.verify(each);
    expect(check).not.toHaveBeenCalled();
    check.mockRestore();
  });

  it('of a key that is gone leaves nothing of those that are asked again', () => {
    const good = token();
    verifier.verify(good);
    const keys = (verifier as unknown as { keys: { find: () => undefined } }).keys;
    jest.spyOn(keys, 'find').mockReturnValue(undefined);

    expect(refusedOf(1, () => good)).toBe(1);
    expect(remembered.size).toBe(0);
  });

  it('that have expired are forgotten when they are asked again', () => {
    const good = Array.from({ length: 100 }, () => token());
    for (const each of good) verifier.verify(each);
    clock.advance(900_000);

    expect(refusedOf(good.length, (index) => good[index] ?? '')).toBe(good.length);
    expect(remembered.size).toBe(0);
  });
});

/** What is reachable, and nothing that is only not collected yet. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}
