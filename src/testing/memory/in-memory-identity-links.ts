import type { Transaction } from '../../common/unit-of-work.js';
import { type IdentityLink, IdentityLinks } from '../../users/identity-links.js';
import { MemoryTable } from './memory-table.js';

/** Links between accounts that are kept elsewhere and users, in memory. */
export class InMemoryIdentityLinks extends IdentityLinks {
  private readonly links = new MemoryTable<IdentityLink>();

  async find(strategy: string, externalId: string): Promise<string | undefined> {
    return this.links.get(keyOf({ strategy, externalId }))?.subject;
  }

  async add(link: IdentityLink, transaction: Transaction): Promise<boolean> {
    const isTaken = this.of(link.subject).some(({ strategy }) => strategy === link.strategy);
    if (isTaken || this.links.get(keyOf(link))) return false;
    this.links.set(keyOf(link), link, transaction);
    return true;
  }

  async listOf(subject: string): Promise<IdentityLink[]> {
    return this.of(subject).toSorted(
      (one, other) =>
        one.createdAt.getTime() - other.createdAt.getTime() || (one.strategy < other.strategy ? -1 : 1),
    );
  }

  async forget(subject: string, transaction: Transaction): Promise<void> {
    for (const link of this.of(subject)) this.links.delete(keyOf(link), transaction);
  }

  /** Removes all links. */
  clear(): void {
    this.links.clear();
  }

  private of(subject: string): IdentityLink[] {
    return this.links.all().filter((link) => link.subject === subject);
  }
}

function keyOf({ strategy, externalId }: Pick<IdentityLink, 'strategy' | 'externalId'>): string {
  return JSON.stringify([strategy, externalId]);
}
