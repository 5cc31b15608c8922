const UNIQUE_VIOLATION = '23505';
/** SQLSTATE classes data exception, integrity constraint violation, and PL/pgSQL error: a trigger's refusal. */
const ROW_FAILURE = /^(22|23|P0)/;

interface SqlError {
  readonly code: string;
  readonly constraint: unknown;
  readonly column: unknown;
}

/** Whether a statement failed because of this unique index or constraint, whichever driver says so. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  return uniqueViolation(error, constraint) !== undefined;
}

/** The same, with the column that a trigger names. */
export function uniqueViolation(error: unknown, constraint: string): Pick<SqlError, 'column'> | undefined {
  const found = sqlErrorIn(error, (code) => code === UNIQUE_VIOLATION);
  return found?.constraint === constraint ? found : undefined;
}

/** The constraint of a table that a row has broken; where null is not taken, the column. */
export function brokenConstraint(error: unknown): Pick<SqlError, 'constraint' | 'column'> | undefined {
  return sqlErrorIn(error, (code) => code.startsWith('23'));
}

/** Whether a statement failed because of what it did to one of its rows, and so did nothing to any. */
export function isRowFailure(error: unknown): boolean {
  return sqlErrorIn(error, (code) => ROW_FAILURE.test(code)) !== undefined;
}

/** Whether the role has no right to do what a statement says. */
export function isPermissionDenied(error: unknown): boolean {
  return sqlErrorIn(error, (code) => code === '42501') !== undefined;
}

/** The query builder wraps the driver's errors. */
function sqlErrorIn(error: unknown, fits: (code: string) => boolean): SqlError | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1) {
    const { code, constraint, column } = cause as Error & Partial<Record<keyof SqlError, unknown>>;
    if (typeof code === 'string' && fits(code)) return { code, constraint, column };
  }
  return undefined;
}
