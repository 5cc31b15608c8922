/** PostgreSQL cannot be reached, lets us not in, or does not do what a start needs; its cause says which. */
export class DatabaseUnusableError extends Error {
  constructor(cause: unknown) {
    super('The database cannot be used.', { cause });
    this.name = 'DatabaseUnusableError';
  }
}
