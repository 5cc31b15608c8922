import { DatabaseConnection, type Listening } from '../../database/database.js';

/** Stands in for the database of an application that keeps all in memory. */
export class NoDatabase extends DatabaseConnection {
  readonly shared = false;
  readonly description = 'memory';
  readonly schema = 'none';

  get db(): never {
    return refuse();
  }

  async ping(): Promise<void> {}

  async listen(): Promise<Listening> {
    return refuse();
  }

  async transaction(): Promise<never> {
    return refuse();
  }

  within(): never {
    return refuse();
  }

  async migrate(): Promise<void> {}

  async close(): Promise<void> {}
}

/** What is injected as its Drizzle handle: there when something asks for it, and of no use. */
export const NO_HANDLE = {
  select: refuse,
  selectDistinct: refuse,
  selectDistinctOn: refuse,
  insert: refuse,
  update: refuse,
  delete: refuse,
  execute: refuse,
  transaction: refuse,
  with: refuse,
  $with: refuse,
  $count: refuse,
};

function refuse(): never {
  throw new Error(
    'InMemoryLatchkey has no database: give what asks it a stand-in, or test it on an embedded database.',
  );
}
