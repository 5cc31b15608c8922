import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../../common/clock.js';
import { FeedStream } from './feed-stream.js';
import { RevocationLog } from './revocation-log.js';

const MANY = 10_000;
const PER_TURN = 1_000;

describe('FeedStream', () => {
  it('tells a reader that takes all at once a part in each turn, and then that this is all', async () => {
    const clock = new SystemClock();
    const log = new RevocationLog(clock);
    const expiresAt = new Date();
    const revoked = (id: number) =>
      ({ kind: 'session', id: String(id), issuedBefore: null, expiresAt }) as const;
    log.append(Array.from({ length: MANY }, (_, index) => revoked(index)));
    const stream = new FeedStream(log, 0, () => 'v1-1', clock);
    let text = '';
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const toldIn: number[] = [];
    while (!text.includes('event: current')) {
      const before = text.length;
      await nextTurn();
      toldIn.push(text.slice(before).split('data: ').length - 1);
    }
    stream.destroy();

    expect(toldIn.reduce((sum, count) => sum + count)).toBe(MANY);
    expect(Math.max(...toldIn)).toBeLessThanOrEqual(PER_TURN);
  });
});
