import type { Transaction } from '../../common/unit-of-work.js';
import type { NewOutboxRow, OutboxRow, OutboxStore } from '../../mail/sending/outbox-store.js';
import type { OutboxDepth } from '../../mail/outbox.js';
import type { PublicOf } from './public-of.js';
import { MemoryTable } from '../memory/memory-table.js';

/** Mails that are still to be sent, in memory. */
export class InMemoryOutboxStore implements PublicOf<OutboxStore> {
  private readonly rows = new MemoryTable<OutboxRow>();
  private position = 0;

  /** It is there once the transaction has committed: what sends mails would take it before. */
  async insert(row: NewOutboxRow, transaction?: Transaction): Promise<void> {
    const { expiresAt = null, account = null } = row;
    const add = async (): Promise<void> => {
      const position = ++this.position;
      this.rows.set(row.id, { ...row, expiresAt, account, position, attempts: 0, gaveUpAt: null });
    };
    if (transaction) transaction.afterCommit(add);
    else await add();
  }

  async claim(limit: number, now: Date, leaseUntil: Date): Promise<OutboxRow[]> {
    const claimed = this.rows
      .all()
      .filter(({ gaveUpAt, dueAt }) => gaveUpAt === null && dueAt <= now)
      .toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime() || a.position - b.position)
      .slice(0, limit);
    for (const row of claimed)
      this.rows.set(row.id, { ...row, dueAt: leaseUntil, attempts: row.attempts + 1 });
    return claimed.flatMap(({ id }) => this.rows.get(id) ?? []).toSorted((a, b) => a.position - b.position);
  }

  async remove(row: OutboxRow): Promise<void> {
    if (this.isClaim(row)) this.rows.delete(row.id);
  }

  async removeAbout(account: string, transaction?: Transaction): Promise<void> {
    for (const row of this.rows.all()) if (row.account === account) this.rows.delete(row.id, transaction);
  }

  async putOff(row: OutboxRow, dueAt: Date): Promise<void> {
    if (this.isClaim(row)) this.rows.set(row.id, { ...row, dueAt });
  }

  async giveUp(row: OutboxRow, gaveUpAt: Date): Promise<void> {
    if (this.isClaim(row)) this.rows.set(row.id, { ...row, gaveUpAt });
  }

  async purge(before: Date): Promise<void> {
    for (const { id, gaveUpAt } of this.rows.all()) if (gaveUpAt && gaveUpAt <= before) this.rows.delete(id);
  }

  depth(): Promise<OutboxDepth> {
    const waiting = this.rows.all().filter(({ gaveUpAt }) => gaveUpAt === null);
    const [oldest] = waiting.map(({ createdAt }) => createdAt).toSorted((a, b) => a.getTime() - b.getTime());
    return Promise.resolve({
      waiting: waiting.length,
      givenUp: this.rows.all().length - waiting.length,
      oldest,
    });
  }

  clear(): void {
    this.rows.clear();
  }

  private isClaim({ id, attempts }: OutboxRow): boolean {
    return this.rows.get(id)?.attempts === attempts;
  }
}
