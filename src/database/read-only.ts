/** `read_only_sql_transaction` */
export const READ_ONLY = '25006';

/**
 * One row: whether a transaction that begins now is refused its writes, by `default_transaction_read_only` (of the server, the
 * database or the role), or since the server is a standby.
 */
export const IS_READ_ONLY = `select current_setting('transaction_read_only') = 'on' or pg_is_in_recovery() as "readOnly"`;

/** The database answers, and takes no writes. */
export class ReadOnlyDatabaseError extends Error {
  /** As PostgreSQL refuses a write there. */
  readonly code = READ_ONLY;

  constructor() {
    super('it takes no writes: it is a standby, or default_transaction_read_only is on');
    this.name = 'ReadOnlyDatabaseError';
  }
}

/** @param rows of `IS_READ_ONLY` @throws ReadOnlyDatabaseError */
export function refuseReadOnly([row]: readonly { readonly readOnly: boolean }[]): void {
  if (row?.readOnly !== false) throw new ReadOnlyDatabaseError();
}
