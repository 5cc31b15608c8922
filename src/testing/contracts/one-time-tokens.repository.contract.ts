import { randomBytes, randomUUID } from 'node:crypto';
import type { OneTimeToken } from '../../tokens/one-time/one-time-token.js';
import type { OneTimeTokensRepository } from '../../tokens/one-time/one-time-tokens.repository.js';
import { expect } from '../runner/expect.js';
import { describe, it } from '../runner/test-runner.js';
import { callsAtOnce, type ContractStore, forEachTest, type Made } from './contract-store.js';

const NOW = Date.parse('2030-01-01T00:00:00.000Z');
const MINUTE = 60_000;
const ROUNDS = 1000;
const AT_ONCE = 4;

const at = (milliseconds: number) => new Date(NOW + milliseconds);
const random = () => randomBytes(32).toString('base64url');

function newToken(fields: Partial<OneTimeToken> = {}): OneTimeToken {
  return {
    id: randomUUID(),
    sessionId: null,
    subject: random(),
    purpose: 'password-reset',
    tokenHash: random(),
    binding: 'bound to this',
    payload: {},
    createdAt: at(0),
    expiresAt: at(MINUTE),
    ...fields,
  };
}

/**
 * What every `OneTimeTokensRepository` must do.
 * @param name of the implementation, or of what it is kept in
 * @param make gives it, empty; or a store with several instances
 * @example
 * oneTimeTokensRepositoryContract('MyTokens', () => new MyTokens());
 */
export function oneTimeTokensRepositoryContract(
  name: string,
  make: () => Made<OneTimeTokensRepository>,
): void {
  describe(name, () => {
    oneTimeTokenTests(make);
  });
}

function oneTimeTokenTests(make: () => Made<OneTimeTokensRepository>): void {
  let store: ContractStore<OneTimeTokensRepository>;
  let tokens: OneTimeTokensRepository;

  forEachTest(make, (opened) => {
    store = opened;
    [tokens] = opened.instances;
  });

  async function kept(fields: Partial<OneTimeToken> = {}): Promise<OneTimeToken> {
    const token = newToken(fields);
    expect(await tokens.put(token, null)).toBe(true);
    return token;
  }

  const find = ({ tokenHash, purpose }: OneTimeToken, now = 0) => tokens.find(tokenHash, purpose, at(now));

  /** The same call on each instance in turn, all at once. */
  const atOnce = <T>(
    times: number,
    call: (repository: OneTimeTokensRepository, index: number) => Promise<T>,
  ) => Promise.all(callsAtOnce(store, times, call));

  it('gives back what was kept, as often as it is asked for', async () => {
    const token = await kept({ payload: { email: 'Ada@example.com', nested: { roles: ['user'] } } });

    expect(await find(token)).toEqual(token);
    expect(await find(token)).toEqual(token);
  });

  it.each([
    ['another hash', { tokenHash: 'other' }],
    ['another purpose', { purpose: 'invitation' as const }],
    ['no hash', { tokenHash: '' }],
  ])('finds nothing by %s', async (_, other) => {
    const token = await kept();

    expect(await find({ ...token, ...other })).toBeUndefined();
  });

  it('finds and uses a token until the millisecond in which it expires', async () => {
    const token = await kept();

    expect(await find(token, MINUTE)).toBeUndefined();
    expect(await tokens.take(token, at(MINUTE))).toBe(false);
    expect(await find(token, MINUTE - 1)).toEqual(token);
    expect(await tokens.take(token, at(MINUTE - 1))).toBe(true);
  });

  it('uses a token once', async () => {
    const token = await kept();

    expect([await tokens.take(token, at(0)), await tokens.take(token, at(0))]).toEqual([true, false]);
    expect(await find(token)).toBeUndefined();
  });

  it.each([
    ['hash', { tokenHash: 'other' }],
    ['purpose', { purpose: 'email-change' as const }],
    ['subject', { subject: 'other' }],
    ['binding', { binding: 'other' }],
  ])('does not use a token up for another %s', async (_, other) => {
    const token = await kept();

    expect(await tokens.take({ ...token, ...other }, at(0))).toBe(false);
    expect(await find(token)).toEqual(token);
  });

  it('lets the newer of two end the older, of the same subject and purpose only', async () => {
    const older = await kept();
    const others = [
      await kept({ subject: older.subject, purpose: 'email-verification' }),
      await kept({ binding: older.binding }),
    ];
    const newer = await kept({ subject: older.subject });

    expect(await find(older)).toBeUndefined();
    expect(await tokens.take(older, at(0))).toBe(false);
    for (const token of [newer, ...others]) expect(await find(token)).toEqual(token);
  });

  it('keeps no newer one with the same binding since the given time, and keeps the older', async () => {
    const older = await kept();
    const newer = newToken({ subject: older.subject, createdAt: at(1000) });

    expect(await tokens.put(newer, at(-1))).toBe(false);
    expect(await find(older)).toEqual(older);
    expect(await tokens.put(newer, at(0))).toBe(true);
    expect(await find(older)).toBeUndefined();
  });

  it('keeps a newer one with another binding at any time', async () => {
    const older = await kept();

    expect(await tokens.put(newToken({ subject: older.subject, binding: 'other' }), at(-1))).toBe(true);
    expect(await find(older)).toBeUndefined();
  });

  it('lists what can still be used of a subject', async () => {
    const { subject } = await kept({ purpose: 'password-reset', expiresAt: at(2 * MINUTE) });
    await kept({ subject, purpose: 'email-change' });
    await kept();
    const purposes = async (now: number) =>
      (await tokens.findAll(subject, at(now))).map(({ purpose }) => purpose);

    expect(await purposes(0)).toEqual(['email-change', 'password-reset']);
    expect(await purposes(MINUTE)).toEqual(['password-reset']);
    expect(await tokens.findAll('nobody', at(0))).toEqual([]);
  });

  it('ends the tokens of a subject: those of some purposes, or all', async () => {
    const { subject } = await kept();
    const left = [
      await kept({ subject, purpose: 'email-verification' }),
      await kept({ subject, purpose: 'email-change' }),
    ];
    const other = await kept();
    await tokens.delete(subject, ['password-reset', 'invitation']);
    expect((await tokens.findAll(subject, at(0))).map(({ tokenHash }) => tokenHash)).toHaveLength(
      left.length,
    );

    await tokens.delete(subject);
    expect(await tokens.findAll(subject, at(0))).toEqual([]);
    expect(await find(other)).toEqual(other);
  });

  it.each(['', "' or '1'='1", 'ü@bücher.example', '%', 'x'.repeat(1000)])(
    'takes any text for a subject and a binding: %j',
    async (text) => {
      const token = await kept({ subject: text, binding: text });

      expect(await find(token)).toEqual(token);
      expect(await tokens.take(token, at(0))).toBe(true);
    },
  );

  describe(`in each of ${ROUNDS} rounds`, () => {
    it(`one of ${AT_ONCE} who use a token at once has used it`, async () => {
      const winners: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const token = newToken();
        await tokens.put(token, null);
        const taken = await atOnce(AT_ONCE, (repository) => repository.take(token, at(0)));
        winners.push(taken.filter(Boolean).length);
      }
      expect(winners).toEqual(Array.from({ length: ROUNDS }, () => 1));
    });

    it(`one of ${AT_ONCE} that are issued at once is left, and with an interval between them only one is kept`, async () => {
      const outcomes = new Set<string>();
      for (let round = 0; round < ROUNDS / 10; round += 1) {
        const subject = random();
        const issued = Array.from({ length: AT_ONCE }, () => newToken({ subject }));
        const notSince = round % 2 === 0 ? null : at(-1);
        const put = await atOnce(AT_ONCE, (repository, index) =>
          repository.put(issued[index] ?? newToken(), notSince),
        );
        const left = await tokens.findAll(subject, at(0));
        outcomes.add(`${round % 2 === 0}: ${put.filter(Boolean).length} kept, ${left.length} left`);
      }
      expect([...outcomes].toSorted()).toEqual(['false: 1 kept, 1 left', `true: ${AT_ONCE} kept, 1 left`]);
    });
  });
}
