import { describe, expect, it } from '@jest/globals';
import {
  isRotationDue,
  type KeySchedule,
  plannedAfter,
  publicationLead,
  signingAt,
  startOfNext,
  stateOf,
  verifiesUntil,
} from './key-schedule.js';

const NOW = Date.parse('2030-01-01T00:00:00.000Z');
const MINUTE = 60_000;
const DAY = 86_400_000;
const LEAD = 10 * MINUTE;
const ROTATION = { signingKeyRotation: 30 * DAY };

/** Times are minutes from now. */
function key(
  kid: string,
  from: number,
  until: number | null = null,
  more: Partial<KeySchedule> = {},
): KeySchedule {
  return {
    kid,
    alg: 'ES256',
    signsFrom: new Date(NOW + from * MINUTE),
    signsUntil: until === null ? null : new Date(NOW + until * MINUTE),
    tokenTtl: 15 * MINUTE,
    revokedAt: null,
    ...more,
  };
}

const revoked = { revokedAt: new Date(NOW) };
const rs256 = { alg: 'RS256' };

describe('publicationLead', () => {
  it('is ten minutes, and a quarter of a rotation that is short', () => {
    expect(publicationLead(ROTATION)).toBe(LEAD);
    expect(publicationLead({ signingKeyRotation: 40 * MINUTE })).toBe(LEAD);
    expect(publicationLead({ signingKeyRotation: 4 * MINUTE })).toBe(MINUTE);
    expect(publicationLead({ signingKeyRotation: 1_000 })).toBe(250);
  });
});

describe('stateOf', () => {
  it.each([
    ['pending until it signs', key('a', 1 / MINUTE), 'pending'],
    ['signing from its time on', key('a', 0), 'signing'],
    ['signing until its successor does', key('a', -9, 1 / MINUTE), 'signing'],
    ['verifying from then on', key('a', -9, 0), 'verifying'],
    ['verifying until its last token has expired', key('a', -99, -15), 'verifying'],
    ['expired when clocks that are behind see that, too', key('a', -99, -15 - 5 / 60), 'expired'],
    ['revoked', key('a', -9, 0, revoked), 'revoked'],
    ['expired, when revoked so long ago', key('a', -99, -16, revoked), 'expired'],
  ])('%s', (_, schedule, state) => {
    expect(stateOf(schedule, NOW, 5_000)).toBe(state);
  });

  it('knows no end of verifying while there is no successor', () => {
    expect(verifiesUntil(key('a', 0), 5_000)).toBe(Infinity);
    expect(verifiesUntil(key('a', -9, 2), 5_000)).toBe(NOW + 17 * MINUTE + 5_000);
  });
});

describe('signingAt', () => {
  const kidAt = (keys: KeySchedule[], alg = 'ES256', time = NOW) => signingAt(keys, alg, time)?.kid;

  it('is the newest key whose time has come', () => {
    expect(kidAt([key('old', -9), key('new', -1), key('pending', 1)])).toBe('new');
    expect(kidAt([key('b', 0), key('a', 0)])).toBe('a');
  });

  it('is of the algorithm that the instance is configured for, if there is one', () => {
    const keys = [key('ec', -9, 20), key('rsa', 0, null, rs256)];

    expect([kidAt(keys, 'ES256'), kidAt(keys, 'RS256'), kidAt(keys, 'PS256')]).toEqual(['ec', 'rsa', 'rsa']);
  });

  it('is of another algorithm until there is one, and when there is none any more', () => {
    const keys = [key('ec', -9, 20), key('rsa', 10, null, rs256)];

    expect(kidAt(keys, 'RS256')).toBe('ec');
    expect(kidAt(keys, 'ES256', NOW + 20 * MINUTE)).toBe('rsa');
  });

  it('is never revoked, and never past its time', () => {
    expect(kidAt([key('revoked', -1, null, revoked), key('good', -9)])).toBe('good');
    expect(kidAt([key('revoked', -1, null, revoked), key('past', -9, 0)])).toBeUndefined();
  });

  it('is the next one that will sign where nothing else can, as on an instance whose clock is behind', () => {
    expect(kidAt([key('later', 9), key('next', 1), key('revoked', 0, null, revoked)])).toBe('next');
  });
});

describe('plannedAfter', () => {
  it('lists the keys that will sign, in order', () => {
    const keys = [key('now', -9, 5), key('next', 5, 9), key('third', 9)];

    expect(plannedAfter(keys, 'ES256', NOW).map(({ key: { kid }, signsFrom }) => [kid, signsFrom])).toEqual([
      ['next', NOW + 5 * MINUTE],
      ['third', NOW + 9 * MINUTE],
    ]);
  });

  it('has another algorithm take over where the own one ends', () => {
    const keys = [key('ec', -9, 20), key('rsa', 10, null, rs256)];

    expect(plannedAfter(keys, 'ES256', NOW).map((planned) => planned.key.kid)).toEqual(['ec', 'rsa']);
  });

  it('is empty where nothing changes', () => {
    expect(plannedAfter([key('now', 0)], 'ES256', NOW)).toEqual([]);
  });
});

describe('isRotationDue', () => {
  const due = (keys: KeySchedule[], alg = 'ES256') => isRotationDue(keys, alg, NOW, ROTATION);
  const period = (30 * DAY) / MINUTE;

  it('is true from the lead before the period ends', () => {
    expect(due([key('a', 10 - period)])).toBe(true);
    expect(due([key('a', 10 - period + 1 / MINUTE)])).toBe(false);
  });

  it('is false while the successor waits', () => {
    expect(due([key('a', -period, 5), key('b', 5)])).toBe(false);
  });

  it('is true while no key of the algorithm signs or will sign', () => {
    expect(due([])).toBe(true);
    expect(due([key('a', 0)], 'RS256')).toBe(true);
    expect(due([key('a', 0), key('b', 10, null, rs256)], 'RS256')).toBe(false);
    expect(due([key('a', 0, null, revoked)])).toBe(true);
  });

  it('is true when a key that another algorithm ends is about to end, and an instance still wants its algorithm', () => {
    expect(due([key('a', -99, 11), key('b', 1, null, rs256)])).toBe(false);
    expect(due([key('a', -99, 10), key('b', 0, null, rs256)])).toBe(true);
  });
});

describe('startOfNext', () => {
  const minutes = (keys: KeySchedule[]) => (startOfNext(keys, NOW, LEAD) - NOW) / MINUTE;

  it('is after the lead', () => {
    expect(minutes([key('a', -9)])).toBe(10);
    expect(minutes([key('a', -9, 12)])).toBe(10);
    expect(minutes([key('a', -9, 2), key('b', -9, 3), key('c', 3)])).toBe(10);
  });

  it('is now where nothing can sign', () => {
    expect(minutes([])).toBe(0);
    expect(minutes([key('a', -9, 0)])).toBe(0);
    expect(minutes([key('a', -9, null, revoked)])).toBe(0);
  });

  it('is when nothing can sign any more', () => {
    expect(minutes([key('a', -9, 2)])).toBe(2);
    expect(minutes([key('a', -9, 2), key('b', -9, 3, rs256)])).toBe(3);
  });
});
