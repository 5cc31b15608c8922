import type { Transaction } from '../../common/unit-of-work.js';
import { InMemoryTransaction } from './in-memory-unit-of-work.js';

/** Rows by their key, in the order in which they came. What is written in a transaction is taken back with it. */
export class MemoryTable<Row> {
  private rows = new Map<string, Row>();

  get(key: string): Row | undefined {
    return this.rows.get(key);
  }

  get size(): number {
    return this.rows.size;
  }

  /** Those there are now, whatever happens to the table. */
  all(): Row[] {
    return [...this.rows.values()];
  }

  set(key: string, row: Row, transaction?: Transaction): void {
    this.remember(key, transaction);
    this.rows.set(key, row);
  }

  /** @returns whether there was one */
  delete(key: string, transaction?: Transaction): boolean {
    this.remember(key, transaction);
    return this.rows.delete(key);
  }

  clear(): void {
    this.rows.clear();
  }

  private remember(key: string, transaction: Transaction | undefined): void {
    if (!(transaction instanceof InMemoryTransaction)) return;
    const before = this.rows.get(key);
    transaction.onRollback(() => {
      if (before === undefined) this.rows.delete(key);
      else this.rows.set(key, before);
    });
  }
}
