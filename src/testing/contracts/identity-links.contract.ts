import { randomUUID } from 'node:crypto';
import type { Transaction, UnitOfWork } from '../../common/unit-of-work.js';
import type { IdentityLink, IdentityLinks } from '../../users/identity-links.js';
import { InMemoryUnitOfWork } from '../memory/in-memory-unit-of-work.js';
import { expect } from '../runner/expect.js';
import { describe, it } from '../runner/test-runner.js';
import { callsAtOnce, type ContractStore, forEachTestWith } from './contract-store.js';

/** What the suite is given: links, and what begins transactions in which they are written. */
export interface IdentityLinksContractStore extends ContractStore<IdentityLinks> {
  /** One for each instance. Default: those of what is kept in memory. */
  readonly unitsOfWork?: readonly UnitOfWork[];
}

/**
 * What every `IdentityLinks` must do.
 * @param name of the implementation, or of what it is kept in
 * @param make gives a store of it
 * @example
 * identityLinksContract('InMemoryIdentityLinks', () => ({ instances: [new InMemoryIdentityLinks()] }));
 */
export function identityLinksContract(
  name: string,
  make: () => IdentityLinksContractStore | Promise<IdentityLinksContractStore>,
): void {
  describe(name, () => linkTests(make));
}

function linkTests(make: () => IdentityLinksContractStore | Promise<IdentityLinksContractStore>): void {
  let store: IdentityLinksContractStore;
  let links: IdentityLinks;
  let units: readonly UnitOfWork[];
  forEachTestWith(make, (opened) => {
    store = opened;
    [links] = opened.instances;
    units = opened.unitsOfWork ?? opened.instances.map(() => new InMemoryUnitOfWork());
  });

  const newLink = (fields: Partial<IdentityLink> = {}): IdentityLink => ({
    strategy: 'directory',
    externalId: randomUUID(),
    subject: randomUUID(),
    createdAt: new Date(0),
    ...fields,
  });
  function within<T>(work: (transaction: Transaction) => Promise<T>, index = 0): Promise<T> {
    const unit = units[index];
    if (!unit) throw new Error('There is a unit of work for each instance.');
    return unit.run(work);
  }
  const add = (link: IdentityLink, on = links, index = 0) =>
    within((transaction) => on.add(link, transaction), index);

  it('finds the user of an account, by the strategy and its id there, to the letter', async () => {
    const link = newLink({ externalId: "O'Brien – 1" });
    expect(await add(link)).toBe(true);

    expect(await links.find('directory', "O'Brien – 1")).toBe(link.subject);
    expect(await links.find('directory', "o'brien – 1")).toBeUndefined();
    expect(await links.find('other', "O'Brien – 1")).toBeUndefined();
  });

  it('links an account to one user, and a user to one account of a strategy', async () => {
    const link = newLink();
    const another = newLink({ externalId: link.externalId });
    expect(await add(link)).toBe(true);

    expect([await add(link), await add(another)]).toEqual([false, false]);
    expect(await add({ ...link, externalId: randomUUID() })).toBe(false);
    expect(await add({ ...another, strategy: 'other' })).toBe(true);
    expect(await links.find('directory', link.externalId)).toBe(link.subject);
  });

  it('lists the links of a user, the oldest first', async () => {
    const later = newLink({ createdAt: new Date(2_000) });
    const earlier = newLink({ subject: later.subject, strategy: 'other', createdAt: new Date(1_000) });
    await add(later);
    await add(earlier);
    await add(newLink());

    expect(await links.listOf(later.subject)).toEqual([earlier, later]);
    expect(await links.listOf(randomUUID())).toEqual([]);
  });

  it('forgets the links of a user, and no others', async () => {
    const [link, other] = [newLink(), newLink()];
    await add(link);
    await add(other);
    await within((transaction) => links.forget(link.subject, transaction));

    expect(await links.find('directory', link.externalId)).toBeUndefined();
    expect(await links.listOf(link.subject)).toEqual([]);
    expect(await links.find('directory', other.externalId)).toBe(other.subject);
    expect(await add(link)).toBe(true);
  });

  it('gives an account that ten users want at once to one of them, as all instances then see it', async () => {
    const externalId = randomUUID();
    const wanted = Array.from({ length: 10 }, () => newLink({ externalId }));
    const added = await Promise.all(
      callsAtOnce(store, wanted.length, (each, index) =>
        add(wanted[index] ?? newLink(), each, index % store.instances.length),
      ),
    );

    expect(added.filter(Boolean)).toHaveLength(1);
    const found = await Promise.all(store.instances.map((each) => each.find('directory', externalId)));
    const winner = wanted[added.indexOf(true)]?.subject;
    expect(found).toEqual(found.map(() => winner));
  });

  it('writes in the transaction, and nothing where that is rolled back', async () => {
    const link = newLink();
    const failed = within(async (transaction) => {
      expect(await links.add(link, transaction)).toBe(true);
      throw new Error('no');
    });

    await expect(failed).rejects.toThrow('no');
    expect(await links.find('directory', link.externalId)).toBeUndefined();
    expect(await add(link)).toBe(true);
  });
}
