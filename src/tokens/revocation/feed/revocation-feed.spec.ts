import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { SystemClock } from '../../../common/clock.js';
import type { TokensConfig } from '../../../config/config.js';
import type { Revocation } from '../revocation.js';
import type { RevocationList } from '../revocation-list.js';
import { RevocationFeed } from './revocation-feed.js';

/** What the stream does by itself once it was read is done then. */
async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await nextTurn();
}

describe('RevocationFeed', () => {
  // Its sign of life each second, which tells what there is, never comes.
  beforeEach(() => void jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] }));
  afterEach(() => void jest.useRealTimers());

  it('tells services of what is revoked as soon as it is known here, before its next sign of life', async () => {
    let learn: (revocations: readonly Revocation[]) => void = () => undefined;
    const list: Pick<RevocationList, 'onLearned' | 'isFresh'> = {
      isFresh: true,
      onLearned: (listener) => (learn = listener),
    };
    const config: Pick<TokensConfig, 'revocationFeedServices'> = {
      revocationFeedServices: [`billing=${'0'.repeat(64)}`],
    };
    const feed = new RevocationFeed(list as RevocationList, config as TokensConfig, new SystemClock());
    const stream = feed.openFor('billing', undefined);
    let told = '';
    stream.on('data', (chunk: Buffer) => (told += chunk.toString()));
    await someTurns();
    expect(told).toContain('event: current');

    learn([{ kind: 'session', id: 'a-session', issuedBefore: null, expiresAt: new Date() }]);
    await someTurns();
    expect(told).toContain('a-session');
    feed.beforeApplicationShutdown();
    stream.destroy();
  });
});
