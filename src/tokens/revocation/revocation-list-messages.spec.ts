import { describe, expect, it } from '@jest/globals';
import { encodeRevocation, encodeSentAt } from './revocation.js';
import {
  INTERVAL,
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
    expect(underTest.push.published).toEqual([
      `${encodeRevocation(own)}\n${encodeSentAt(underTest.clock.now())}`,
    ]);
  });

  it('tells of many in messages of less than 8,000 bytes', async () => {
    await start(true);
    const entries = Array.from({ length: 1_000 }, (_, index) => revocation(`${'x'.repeat(36)}${index}`));
    await underTest.list.announce(entries);

    expect(Math.max(...underTest.push.published.map((message) => message.length))).toBeLessThan(7_000);
    const told = underTest.push.published.flatMap((message) => message.split('\n').slice(0, -1));
    expect(told).toEqual(entries.map(encodeRevocation));
  });

  it('measures how long after it was made another instance’s revocation is known, by message or reading, and once', async () => {
    await start(true);
    const { clock, push, store, lags } = underTest;
    push.arrivesAsText(`${encodeRevocation(revocation('told'))}\n${encodeSentAt(clock.now() - 40)}`);
    push.arrivesAsText(`${encodeRevocation(revocation('told'))}\n${encodeSentAt(clock.now() - 80)}`);
    push.arrivesAsText(`${encodeRevocation(revocation('ahead'))}\n${encodeSentAt(clock.now() + 80)}`);
    push.arrives(revocation('of-a-version-before'));
    store.recentEntries = [
      { ...revocation('read'), age: 350 },
      { ...revocation('told'), age: 360 },
    ];
    await pass(2 * INTERVAL);
    await underTest.list.announce([revocation('own')]);
    expect(lags).toEqual([
      ['message', 40],
      ['message', 0],
      ['reading', 350],
    ]);
  });

  it('measures nothing of what there was before it listened', async () => {
    await start(true, [{ ...revocation('before'), age: 60_000 }]);
    expect(isRevoked('before')).toBe(true);
    expect(underTest.lags).toEqual([]);
  });

  it.each([
    '',
    'nonsense',
    'sent|',
    'sent|x',
    'sent|99999999999999999',
    'session|1|2',
    'session|x|1|id',
    'user|1|2|id',
    '{"kind":"all"}',
    '\0',
  ])('takes no harm from the message %j', async (message) => {
    await start(true);
    underTest.push.arrivesAsText(message);

    expect(isRevoked('')).toBe(false);
  });

  it('reads at once what it may not have been told', async () => {
    await start(true);
    underTest.store.recentEntries = [revocation('missed')];
    underTest.push.reconnects();
    await pass(0);

    expect(isRevoked('missed')).toBe(true);
  });
});
