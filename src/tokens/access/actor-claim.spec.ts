import { describe, expect, it } from '@jest/globals';
import { actorClaimOf, actorSessionsOf, actorsOf } from './actor-claim.js';

describe('actorClaimOf', () => {
  it('nests who acted before in who acts now', () => {
    expect(actorClaimOf(['c', 'b', 'a'])).toEqual({ sub: 'c', act: { sub: 'b', act: { sub: 'a' } } });
    expect(actorClaimOf([])).toBeUndefined();
  });
});

describe('actorsOf', () => {
  it.each([[[]], [['a']], [['e', 'd', 'c', 'b', 'a']]])('reads what actorClaimOf wrote of %j', (actors) => {
    expect(actorsOf(actorClaimOf(actors))).toEqual(actors);
  });

  it.each([
    null,
    'a',
    [],
    {},
    { sub: 1 },
    { sub: '' },
    { sub: 'a b' },
    { sub: 'a', act: null },
    { sub: 'a', sid: 'no UUID' },
    { sub: 'a', sid: null },
    { sub: 'a', iss: 'https://other.example.com' },
    actorClaimOf(['f', 'e', 'd', 'c', 'b', 'a']),
  ])('takes %j for no such claim', (claim) => {
    expect(actorsOf(claim)).toBeUndefined();
  });
});

describe('actorSessionsOf', () => {
  it('reads the sid of those who have one', () => {
    const sid = '00000000-0000-4000-8000-000000000001';
    const claim = { sub: 'c', act: { sub: 'b', sid, act: { sub: 'a' } } };
    expect(actorSessionsOf(claim)).toEqual([sid]);
    expect(actorsOf(claim)).toEqual(['c', 'b', 'a']);
    expect(actorSessionsOf(undefined)).toEqual([]);
  });
});
