const UNIQUE_VIOLATION = '23505';

/** Whether a statement failed because of this unique index or constraint, whichever driver says so. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1) {
    const { code, constraint: name } = cause as Error & { code?: unknown; constraint?: unknown };
    if (code === UNIQUE_VIOLATION) return name === constraint;
  }
  return false;
}
