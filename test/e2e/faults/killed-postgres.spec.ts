import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeWithPostgres } from '../../support/services/available.js';
import { startPostgresServer } from '../../support/services/start-postgres.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { brokenChains } from '../instances/broken-chains.js';
import { Callers } from '../instances/callers.js';
import { printFigures } from '../instances/print-figures.js';
import { eventually } from '../support/eventually.js';

/** `npm run test:faults`. */
const KILLS = process.env['FAULTS'] === 'long' ? 5 : 1;
const PATIENCE = 180_000;

const SETTINGS = {
  APP_SECRET: 'xK3vR8mQ2wN7pL5tJ9hB4dF6gS1zC0yA',
  PUBLIC_URL: 'http://localhost:3000',
  // A rotation whose answer was lost is asked for again after it.
  REFRESH_GRACE: '1h',
};

describeWithPostgres('When PostgreSQL is killed under load', () => {
  let postgres: Awaited<ReturnType<typeof startPostgresServer>>;
  let instances: TestApp[] = [];

  beforeEach(async () => {
    postgres = await startPostgresServer();
    const environment = { ...SETTINGS, DATABASE_URL: postgres.url };
    instances = [await startTestApp({ environment }), await startTestApp({ environment })];
  });
  afterEach(async () => {
    for (const instance of instances) await instance.close();
    await postgres?.stop();
  });

  it.each([
    ['at once (kill -9 of its postmaster)', 'kill'],
    ['with all of its processes (immediate shutdown)', 'crash'],
  ] as const)(
    'each registration and refresh that was acknowledged is there after its restart, and no session has two live chains: %s',
    async (_how, end) => {
      const callers = instances.map(({ api }) => new Callers(api, 3));
      const untilMoreWrites = async () => {
        const before = callers.map(({ writes }) => writes);
        await eventually(() =>
          callers.forEach(({ writes }, index) => expect(writes).toBeGreaterThan((before[index] ?? 0) + 20)),
        );
      };
      try {
        for (let kill = 0; kill < KILLS; kill += 1) {
          await untilMoreWrites();
          await postgres[end]();
          // The processes of its connections end a moment after it, and hold its memory until then.
          await eventually(() => postgres.startAgain());
          await untilMoreWrites();
        }
      } finally {
        await Promise.all(callers.map((each) => each.stop()));
      }

      const [{ api }] = instances as [TestApp, TestApp];
      const chains = await brokenChains(api, postgres.url, ...callers);
      const failures = callers.flatMap((each) => each.failures);
      printFigures(`PostgreSQL, ${end}`, {
        requests: callers.reduce((sum, { requests }) => sum + requests, 0),
        refused: failures.length,
        acknowledgedWrites: callers.reduce((sum, { writes }) => sum + writes, 0),
        ...chains,
      });
      for (const failure of failures) expect(failure).toMatch(/ 503 .*"UNAVAILABLE"/);
      expect(failures.length).toBeGreaterThan(0);
      expect(chains).toEqual({ lost: 0, double: 0 });
    },
    PATIENCE,
  );
});
