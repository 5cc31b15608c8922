import { afterAll, beforeAll } from '@jest/globals';
import type { TestEnvironment } from '../../support/test-config.js';
import { describeOnEachDatabase } from './databases.js';
import { eventually } from './eventually.js';
import { Statements } from './statements.js';

/** A request that is counted. */
type Counted = () => Promise<{ readonly status: number }>;

/** What requests send to the database. */
export interface CountedStatements {
  of(request: Counted): Promise<string[]>;
  /**
   * Until nothing else is under way: mails of before, say.
   * @param request with what comes before, and is not counted
   * @param check an expectation of what it sent
   */
  expect(request: () => Counted | Promise<Counted>, check: (sent: readonly string[]) => void): Promise<void>;
}

/** The same counts on the embedded database and on PostgreSQL. @param environment to be called in hooks and tests */
export function describeStatements(
  title: string,
  body: (environment: () => TestEnvironment, statements: CountedStatements) => void,
): void {
  describeOnEachDatabase(title, (environment) => {
    let watched: Statements;

    beforeAll(() => {
      watched = new Statements();
    });
    afterAll(() => watched.restore());

    body(environment, {
      of: (request) => watched.of(request),
      expect: (request, check) =>
        eventually(async () => {
          check(await watched.of(await request()));
        }),
    });
  });
}
