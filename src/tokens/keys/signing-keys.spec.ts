import { createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ManualClock } from '../../../test/integration/manual-clock.js';
import { UnavailableError } from '../../common/errors/latchkey-error.js';
import type { TokensConfig } from '../../config/config.js';
import { SharedSecretKeys } from './shared-secret-keys.js';
import { SigningKeyError, type SigningKeySet, SigningKeySource } from './signing-key-source.js';
import { SigningKeys } from './signing-keys.js';
import { TokenKey } from './token-key.js';
import { readAnew } from '../../../test/support/read-anew.js';

class HeldKeys extends SigningKeySource {
  constructor(private readonly outcome: () => Promise<SigningKeySet>) {
    super();
  }

  load(): Promise<SigningKeySet> {
    return this.outcome();
  }
}

const newKey = () =>
  TokenKey.asymmetric(readAnew(generateKeyPairSync('ec', { namedCurve: 'prime256v1' })).privateKey, 'ES256');

describe('SigningKeys', () => {
  const clock = new ManualClock();

  it('signs with the current key and finds each by its kid', async () => {
    const [current, old] = [newKey(), newKey()];
    const keys = new SigningKeys(
      new HeldKeys(() => Promise.resolve({ current, all: [old, current] })),
      clock,
    );
    await keys.onModuleInit();

    expect(keys.current).toBe(current);
    expect(keys.all).toEqual([old, current]);
    expect(keys.find(current.kid)).toBe(current);
    expect(keys.find(old.kid)).toBe(old);
    expect(keys.find('unknown')).toBeUndefined();
    expect(keys.find('constructor')).toBeUndefined();
  });

  it('signs and verifies nothing before it is loaded', () => {
    const keys = new SigningKeys(new HeldKeys(() => Promise.reject(new Error('not asked'))), clock);

    expect(() => keys.current).toThrow('not loaded');
    expect(keys.all).toEqual([]);
    expect(keys.find('')).toBeUndefined();
  });

  it('stops the start when there is no usable key', async () => {
    const keys = new SigningKeys(new HeldKeys(() => Promise.reject(new SigningKeyError('none'))), clock);

    await expect(keys.onModuleInit()).rejects.toThrow(SigningKeyError);
  });
});

describe('SigningKeys whose source changes', () => {
  /** A source that says itself when it changed. */
  class ChangingKeys extends HeldKeys {
    changed: () => void = () => undefined;
    watched = true;
    fresh = true;

    override get isFresh(): boolean {
      return this.fresh;
    }

    override watch(changed: () => void): () => void {
      this.changed = changed;
      return () => (this.watched = false);
    }
  }

  let clock: ManualClock;
  let outcomes: Promise<SigningKeySet>[];
  let source: ChangingKeys;
  let keys: SigningKeys;
  const [first, second] = [newKey(), newKey()];

  beforeEach(async () => {
    Logger.overrideLogger(false);
    clock = new ManualClock();
    outcomes = [Promise.resolve({ current: first, all: [first] })];
    source = new ChangingKeys(() => outcomes.shift() ?? Promise.reject(new Error('nothing left')));
    keys = new SigningKeys(source, clock);
    await keys.onModuleInit();
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('have the new ones when it says so, and the others no more', async () => {
    outcomes.push(Promise.resolve({ current: second, all: [second] }));
    source.changed();
    await keys.reload();

    expect([keys.current, keys.find(second.kid), keys.find(first.kid)]).toEqual([second, second, undefined]);
  });

  it('stay as they are when it cannot be read, which is told once', async () => {
    const error = jest.spyOn(Logger.prototype, 'error');
    await keys.reload();
    await keys.reload();

    expect([keys.current, keys.find(first.kid)]).toEqual([first, first]);
    expect(error.mock.calls).toEqual([[expect.stringContaining('nothing left')]]);
  });

  it('are never replaced by an answer that was asked for earlier', async () => {
    let answer: (set: SigningKeySet) => void = () => undefined;
    outcomes.push(new Promise((resolve) => (answer = resolve)));
    outcomes.push(Promise.resolve({ current: second, all: [second] }));
    const slow = keys.reload();
    await Promise.resolve();
    const later = keys.reload();
    answer({ current: first, all: [first, second] });
    await Promise.all([slow, later]);

    expect([keys.current, keys.find(first.kid)]).toEqual([second, undefined]);
  });

  it('begin to sign and cease to verify by the clock, without being read', async () => {
    const now = clock.now();
    outcomes.push(
      Promise.resolve({
        current: first,
        all: [first, second],
        upcoming: [{ key: second, signsFrom: now + 10 }],
        verifiesUntil: new Map([[first.kid, now + 20]]),
      }),
    );
    await keys.reload();
    const state = () => [keys.current, keys.all, keys.find(first.kid)];

    clock.advance(9);
    expect(state()).toEqual([first, [first, second], first]);
    clock.advance(1);
    expect(state()).toEqual([second, [first, second], first]);
    clock.advance(9);
    expect(state()).toEqual([second, [first, second], first]);
    clock.advance(1);
    expect(state()).toEqual([second, [second], undefined]);
  });

  it('let no token in while it cannot be known which are good', () => {
    source.fresh = false;

    expect(() => keys.find(first.kid)).toThrow(UnavailableError);
    expect(keys.find('unknown')).toBeUndefined();
    source.fresh = true;
    expect(keys.find(first.kid)).toBe(first);
  });

  describe('and that are too old to trust', () => {
    beforeEach(() => {
      jest.useFakeTimers();
      source.fresh = false;
    });
    afterEach(() => {
      jest.useRealTimers();
    });

    const readAgain = () => {
      source.fresh = true;
      return { current: second, all: [second] };
    };

    it('are read for those who ask, all of whom wait for it', async () => {
      outcomes.push(Promise.resolve().then(readAgain));
      await Promise.all([keys.catchUp(), keys.catchUp()]);

      expect(keys.find(second.kid)).toBe(second);
      await keys.catchUp();
      expect(outcomes).toEqual([]);
    });

    it('are waited for no longer than a second, and then not again for five', async () => {
      let answer: (set: SigningKeySet) => void = () => undefined;
      outcomes.push(new Promise((resolve) => (answer = resolve)));
      const waiting = keys.catchUp();
      await jest.advanceTimersByTimeAsync(1_000);
      await waiting;
      await keys.catchUp();

      expect(() => keys.find(first.kid)).toThrow(UnavailableError);
      answer({ current: first, all: [first] });
      await jest.advanceTimersByTimeAsync(5_000);
      outcomes.push(Promise.resolve().then(readAgain));
      await keys.catchUp();
      expect(keys.find(second.kid)).toBe(second);
    });

    it('stay so when they cannot be read, which those who ask next do not wait for', async () => {
      await keys.catchUp();
      const unasked = Promise.resolve({ current: second, all: [second] });
      outcomes.push(unasked);
      await keys.catchUp();

      expect(outcomes).toEqual([unasked]);
      expect(() => keys.find(first.kid)).toThrow(UnavailableError);
    });
  });

  it('are not read after shutdown', async () => {
    keys.onApplicationShutdown();
    outcomes.push(Promise.resolve({ current: second, all: [second] }));
    await keys.reload();

    expect([source.watched, keys.current]).toEqual([false, first]);
  });
});

describe('SharedSecretKeys', () => {
  const sourceOf = (jwtSecret: TokensConfig['jwtSecret']) =>
    new SharedSecretKeys({ jwtSecret } as Pick<TokensConfig, 'jwtSecret'> as TokensConfig);

  it('has the one key that JWT_SECRET makes', async () => {
    const secret = createSecretKey(randomBytes(32));
    const { current, all } = await sourceOf(secret).load();

    expect(all).toEqual([current]);
    expect(current.alg).toBe('HS256');
    expect(current.kid).toBe(TokenKey.sharedSecret(secret).kid);
  });

  it('says that JWT_SECRET is missing', async () => {
    await expect(async () => sourceOf(undefined).load()).rejects.toThrow(SigningKeyError);
  });
});
