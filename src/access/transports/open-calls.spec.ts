import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { UnavailableError } from '../../common/errors/latchkey-error.js';
import type { Principal } from '../../common/principal.js';
import { AccessTokenRevokedError } from '../../tokens/access/access-token.errors.js';
import type { AccessTokenVerifier } from '../../tokens/access/access-token-verifier.js';
import { OpenCalls } from './open-calls.js';

const caller = (subject: string): Principal => ({
  subject,
  sessionId: 'a-session',
  tokenId: 'a-token',
  clientId: 'latchkey',
  isClient: false,
  roles: [],
  scopes: [],
  issuedAt: 0,
  expiresAt: 900_000,
  claims: {},
});

describe('OpenCalls', () => {
  const revoked = new Set<string>();
  const verifier: Pick<AccessTokenVerifier, 'stillGood' | 'catchUp'> = {
    stillGood: ({ subject }) => {
      if (revoked.has(subject)) throw new AccessTokenRevokedError();
    },
    catchUp: () => Promise.resolve(),
  };

  beforeEach(() => {
    revoked.clear();
    jest.useFakeTimers();
  });
  afterEach(() => void jest.useRealTimers());

  it('ends a call within a quarter of a second after its token was revoked, and no other', async () => {
    const calls = new OpenCalls(verifier as AccessTokenVerifier);
    const [ends, goesOn] = [jest.fn(), jest.fn()];
    calls.watch(caller('someone'), ends);
    calls.watch(caller('another'), goesOn);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(ends).not.toHaveBeenCalled();
    revoked.add('someone');
    await jest.advanceTimersByTimeAsync(250);
    expect(ends).toHaveBeenCalledTimes(1);
    expect(ends).toHaveBeenCalledWith(expect.any(AccessTokenRevokedError));
    expect(goesOn).not.toHaveBeenCalled();
    expect(jest.getTimerCount()).toBe(1);
    calls.onApplicationShutdown();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('ends revoked calls without waiting for what is not known of others', async () => {
    let catchUp = (): void => {};
    const caughtUp = new Promise<undefined>((resolve) => {
      catchUp = () => resolve(undefined);
    });
    const unsureOfOthers: typeof verifier = {
      stillGood: ({ subject }) => {
        throw subject === 'someone' ? new AccessTokenRevokedError() : new UnavailableError();
      },
      catchUp: () => caughtUp,
    };
    const calls = new OpenCalls(unsureOfOthers as AccessTokenVerifier);
    const [unsure, ends] = [jest.fn(), jest.fn()];
    calls.watch(caller('another'), unsure);
    calls.watch(caller('someone'), ends);
    await jest.advanceTimersByTimeAsync(250);
    expect(ends).toHaveBeenCalledTimes(1);
    expect(unsure).not.toHaveBeenCalled();
    catchUp();
    await jest.advanceTimersByTimeAsync(0);
    expect(unsure).toHaveBeenCalledTimes(1);
    expect(ends).toHaveBeenCalledTimes(1);
  });

  it('ends the others beside a call whose ending fails, which is logged', async () => {
    const logged: unknown[] = [];
    Logger.overrideLogger({ log: () => {}, warn: () => {}, error: (message) => void logged.push(message) });
    const calls = new OpenCalls(verifier as AccessTokenVerifier);
    const [first, last] = [jest.fn(), jest.fn()];
    calls.watch(caller('someone'), first);
    calls.watch(caller('someone'), () => {
      throw new Error('The socket is gone.');
    });
    calls.watch(caller('someone'), last);
    revoked.add('someone');
    await jest.advanceTimersByTimeAsync(250);
    expect(first).toHaveBeenCalledTimes(1);
    expect(last).toHaveBeenCalledTimes(1);
    expect(logged).toEqual([expect.stringMatching(/TOKEN_REVOKED.*could not be ended: The socket is gone/)]);
    expect(jest.getTimerCount()).toBe(0);
  });
});
