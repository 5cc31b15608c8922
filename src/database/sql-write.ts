import type { Placeholder, SQL } from 'drizzle-orm';
import type { Transaction, Write } from '../common/unit-of-work.js';

/** The text of a write as part of a statement (a common table expression), made once. */
export interface SqlShape {
  /** No other shape's: built statements are found again by it. */
  readonly name: string;
  /**
   * @param value stands for one of the values of the time
   * @param provided the condition under which it is done
   * @returns what gives rows of one column, `value`
   */
  readonly text: (value: (name: string) => Placeholder, provided: SQL) => SQL;
}

/** A shape with its values, as the driver takes them. */
export interface SqlPart {
  readonly shape: SqlShape;
  readonly values: Readonly<Record<string, unknown>>;
}

/** What a write is beside its parts. */
export interface SqlWriteOptions<T> {
  /** The same by statements of its own, where what it is written with cannot be part of one. */
  within(transaction: Transaction): Promise<T>;
  /** @param rows what the first part gave, through JSON; none where the condition does not hold */
  parse(rows: readonly unknown[]): T;
  /** What a failure of the statement means, if it is this write's. */
  refusal?(error: unknown): Error | undefined;
  /** Follows once it is written. */
  afterCommit?(): Promise<void>;
}

/** A write that can be part of one statement with others. */
export class SqlWrite<T = void> implements Write<T> {
  constructor(
    readonly parts: readonly [SqlPart, ...SqlPart[]],
    readonly options: SqlWriteOptions<T>,
  ) {}

  async within(transaction: Transaction): Promise<T> {
    return this.options.within(transaction);
  }
}

/**
 * A write that gives nothing.
 * @param within the same by a statement of its own
 */
export function plainWrite(
  part: SqlPart,
  within: (transaction: Transaction) => Promise<unknown>,
  afterCommit?: () => Promise<void>,
): SqlWrite {
  return new SqlWrite([part], {
    within: async (transaction) => void (await within(transaction)),
    parse: () => undefined,
    ...(afterCommit && { afterCommit }),
  });
}
