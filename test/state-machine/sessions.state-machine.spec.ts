import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import fc from 'fast-check';
import { ManualClock } from '../integration/manual-clock.js';
import { REGRESSIONS } from './regressions.js';
import { alone, type Command, histories, open, restart } from './session-commands.js';
import { SessionModel } from './session-model.js';
import { describeOnEachSessionStore, type SessionStore } from './session-stores.js';
import { SessionWorld } from './session-world.js';
import { Turnstile } from './turnstile.js';

/** `STATE_MACHINE_RUNS` for more of them, as `npm run test:search` has; the other three repeat one that failed, with the values it printed. */
const {
  STATE_MACHINE_RUNS: runs = '20',
  STATE_MACHINE_SEED: seed,
  STATE_MACHINE_PATH: path,
  STATE_MACHINE_REPLAY_PATH: replayPath,
} = process.env;

/** Many times what is needed, since a counter-example takes many runs to shrink. */
const TIME_LIMIT = 60_000 + 1_000 * Number(runs);

describeOnEachSessionStore('Sessions', (start) => {
  const clock = new ManualClock();
  const turnstile = new Turnstile();
  let store: SessionStore;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    store = await start(clock, turnstile);
  });
  afterAll(() => store?.stop());

  /** Each history has subjects of its own, one session, and ends with processes that know only what is stored. */
  async function follow(history: Iterable<Command>): Promise<void> {
    const model = new SessionModel(clock.now());
    const real = new SessionWorld(store, clock, turnstile);
    await alone(0, open('alice')).run(model, real);
    await fc.asyncModelRun(() => ({ model, real }), history);
    await restart().run(model, real);
  }

  describe('follow the model through histories that were once wrong, or are delicate', () => {
    it.each(REGRESSIONS)('$title', async ({ history }) => follow(history));
  });

  it(
    'follow the model through any history',
    async () => {
      await fc.assert(fc.asyncProperty(histories(replayPath), follow), {
        numRuns: Number(runs),
        ...(seed === undefined ? {} : { seed: Number(seed) }),
        ...(path === undefined ? {} : { path, endOnFailure: true }),
        // While it shrinks, too: what it has got so far is told.
        plugins: [fc.interruptAfterTimeLimit(TIME_LIMIT, { failOnInterrupt: true })],
      });
    },
    TIME_LIMIT + 30_000,
  );
});
