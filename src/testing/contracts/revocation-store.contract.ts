import { randomUUID } from 'node:crypto';
import type { Clock } from '../../common/clock.js';
import type { Revocation } from '../../tokens/revocation/revocation.js';
import type { RevocationStore, TokenIdentity } from '../../tokens/revocation/revocation-store.js';
import { FakeClock } from '../fake-clock.js';
import { expect } from '../runner/expect.js';
import { beforeEach, describe, it } from '../runner/test-runner.js';
import { callsAtOnce, type ContractStore, forEachTest, type Made } from './contract-store.js';

const NOW = Date.parse('2030-01-01T00:00:00.000Z');
const SECOND = 1_000;
const MINUTE = 60_000;
/** Some stores hold it that all tokens of before they knew anything are dead. */
const ISSUED = NOW + MINUTE;

const at = (milliseconds: number) => new Date(ISSUED + milliseconds);

/**
 * What every `RevocationStore` must do.
 * @param name of the implementation, or of what it is kept in
 * @param make gives it, empty, with the clock that it may ask; or a store with several instances
 * @example
 * revocationStoreContract('MyRevocations', () => new MyRevocations());
 */
export function revocationStoreContract(name: string, make: (clock: Clock) => Made<RevocationStore>): void {
  describe(name, () => {
    revocationTests(make);
  });
}

function revocationTests(make: (clock: Clock) => Made<RevocationStore>): void {
  let opened: ContractStore<RevocationStore>;
  let store: RevocationStore;

  forEachTest(
    () => make(new FakeClock(NOW)),
    (made) => {
      opened = made;
      [store] = made.instances;
    },
  );
  // As at the start of a process, before it asks anything.
  beforeEach(() => Promise.all(opened.instances.map((instance) => instance.all())));

  const of = (entries: readonly Revocation[], id: string) =>
    entries.filter((entry) => entry.id === id).map(({ age: _, ...entry }) => entry);
  const isDead = (token: Partial<TokenIdentity>) => store.isRevoked(tokenOf(token));

  it('keeps what is recorded, for all instances, and gives it back as it is', async () => {
    const revocation = newRevocation({ kind: 'subject', issuedBefore: at(0) });
    expect(await store.add(revocation)).toEqual(revocation);

    for (const instance of opened.instances) {
      expect(of(await instance.all(), revocation.id)).toEqual([revocation]);
      expect(of(await instance.recent(MINUTE), revocation.id)).toEqual([revocation]);
    }
  });

  it.each(['', 'someone@example.com', `"' or '1'='1`, 'x'.repeat(255)])(
    'takes any subject: %j',
    async (id) => {
      await store.add(newRevocation({ kind: 'subject', id, issuedBefore: at(0) }));

      expect(await isDead({ subject: id, issuedAt: at(-SECOND).getTime() })).toBe(true);
    },
  );

  it('kills no token of which nothing is recorded', async () => {
    await store.add(newRevocation());

    expect(await isDead({})).toBe(false);
  });

  it('kills a session’s tokens, whenever they were issued, and no other’s', async () => {
    const { id } = await store.add(newRevocation({ kind: 'session' }));

    expect(await isDead({ sessionId: id })).toBe(true);
    expect(await isDead({ sessionId: id, issuedAt: at(MINUTE).getTime() })).toBe(true);
    expect(await isDead({ subject: id, tokenId: id })).toBe(false);
  });

  it('kills one token, and no other of its session or subject', async () => {
    const { id } = await store.add(newRevocation({ kind: 'token' }));
    const token = tokenOf({});

    expect(await store.isRevoked({ ...token, tokenId: id })).toBe(true);
    expect(await store.isRevoked(token)).toBe(false);
    expect(await isDead({ sessionId: id, subject: id })).toBe(false);
  });

  it.each([
    ['a second before', -SECOND, true],
    ['at that time', 0, false],
    ['later', SECOND, false],
  ])('kills a subject’s tokens that were issued before a time: %s', async (_, issued, dead) => {
    const { id } = await store.add(newRevocation({ kind: 'subject', issuedBefore: at(0) }));

    expect(await isDead({ subject: id, issuedAt: at(issued).getTime() })).toBe(dead);
    expect(await isDead({ sessionId: id, tokenId: id, issuedAt: at(issued).getTime() })).toBe(false);
  });

  it('kills all tokens that were issued before a time', async () => {
    await store.add({ kind: 'all', id: '', issuedBefore: at(0), expiresAt: at(MINUTE) });

    expect(await isDead({ issuedAt: at(-SECOND).getTime() })).toBe(true);
    expect(await isDead({ issuedAt: at(0).getTime() })).toBe(false);
  });

  describe('a second one for the same subject', () => {
    it('that names a later time stands in for the first', async () => {
      const first = await store.add(newRevocation({ kind: 'subject', issuedBefore: at(0) }));
      const second = await store.add({ ...first, issuedBefore: at(5 * SECOND) });

      expect(second.issuedBefore).toEqual(at(5 * SECOND));
      expect(await isDead({ subject: first.id, issuedAt: at(4 * SECOND).getTime() })).toBe(true);
    });

    it.each([
      ['the same time', 0],
      ['an earlier one', -10 * SECOND],
    ])('that names %s is moved on by a second, which tokens issued between the two bear', async (_, time) => {
      const first = await store.add(newRevocation({ kind: 'subject', issuedBefore: at(0) }));
      const second = await store.add({ ...first, issuedBefore: at(time) });

      expect(second.issuedBefore).toEqual(at(SECOND));
      expect(await isDead({ subject: first.id, issuedAt: at(0).getTime() })).toBe(true);
      expect(await isDead({ subject: first.id, issuedAt: at(SECOND).getTime() })).toBe(false);
    });

    it('of 20 at once moves on each other, so that none is lost', async () => {
      const revocation = newRevocation({ kind: 'subject', issuedBefore: at(0) });
      const recorded = await Promise.all(callsAtOnce(opened, 20, (instance) => instance.add(revocation)));

      const times = recorded
        .map(({ issuedBefore }) => issuedBefore?.getTime() ?? 0)
        .toSorted((a, b) => a - b);
      expect(times).toEqual(Array.from({ length: 20 }, (_, place) => at(place * SECOND).getTime()));
      expect(await isDead({ subject: revocation.id, issuedAt: at(18 * SECOND).getTime() })).toBe(true);
    });
  });

  it('is there for a process, too, by whose clock it has expired: that may be ahead', async () => {
    const { id } = await store.add(
      newRevocation({ kind: 'session', expiresAt: new Date(NOW + 10 * MINUTE) }),
    );

    expect(of(await store.all(), id)).toHaveLength(1);
    expect(await isDead({ sessionId: id, issuedAt: at(60 * MINUTE).getTime() })).toBe(true);
  });
}

function newRevocation(fields: Partial<Revocation> = {}): Revocation {
  return { kind: 'session', id: randomUUID(), issuedBefore: null, expiresAt: at(20 * MINUTE), ...fields };
}

function tokenOf(fields: Partial<TokenIdentity>): TokenIdentity {
  return {
    sessionId: randomUUID(),
    subject: randomUUID(),
    tokenId: randomUUID(),
    issuedAt: ISSUED,
    ...fields,
  };
}
