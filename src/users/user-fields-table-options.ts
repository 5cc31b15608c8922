/** Where a team's own fields are, in a table of the team's own. */
export interface UserFieldsTableOptions {
  /** The PostgreSQL schema of the table. Default: `public`. */
  readonly schema?: string;
  /** The column of the user's id, which has a unique index. Default: `user_id`. */
  readonly userId?: string;
  /** Columns by the names of fields. Default: the name in snake case, `staff_number` for `staffNumber`. */
  readonly columns?: Readonly<Record<string, string>>;
}
