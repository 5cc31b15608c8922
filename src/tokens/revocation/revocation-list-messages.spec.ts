import { describe, expect, it } from '@jest/globals';
import { encodeRevocation } from './revocation.js';
import {
  isRevoked,
  listAnew,
  pass,
  revocation,
  start,
  underTest,
} from '../../../test/support/revocation-list-under-test.js';

describe('RevocationList on a shared store', () => {
  listAnew();

  it('knows at once what it is told, and passes on what it is the first to know', async () => {
    await start(true);
    underTest.push.arrives(revocation('told'), revocation('told-too'));
    expect([isRevoked('told'), isRevoked('told-too'), isRevoked('alive')]).toEqual([true, true, false]);
    expect(underTest.push.published).toEqual([]);

    const own = revocation('own');
    await underTest.list.announce([own]);
    expect(underTest.push.published).toEqual([encodeRevocation(own)]);
  });

  it('tells of many in messages of less than 8,000 bytes', async () => {
    await start(true);
    const entries = Array.from({ length: 1_000 }, (_, index) => revocation(`${'x'.repeat(36)}${index}`));
    await underTest.list.announce(entries);

    expect(Math.max(...underTest.push.published.map((message) => message.length))).toBeLessThan(7_000);
    const told = underTest.push.published.flatMap((message) => message.split('\n'));
    expect(told).toEqual(entries.map(encodeRevocation));
  });

  it.each(['', 'nonsense', 'session|1|2', 'session|x|1|id', 'user|1|2|id', '{"kind":"all"}', '\0'])(
    'takes no harm from the message %j',
    async (message) => {
      await start(true);
      underTest.push.arrivesAsText(message);

      expect(isRevoked('')).toBe(false);
    },
  );

  it('reads at once what it may not have been told', async () => {
    await start(true);
    underTest.store.recentEntries = [revocation('missed')];
    underTest.push.reconnects();
    await pass(0);

    expect(isRevoked('missed')).toBe(true);
  });
});
