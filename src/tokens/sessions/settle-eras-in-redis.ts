import type { RedisClient } from '../../redis/redis-client.js';
import type { RedisScript } from '../../redis/redis-script.js';
import { redisKeys } from '../redis-keys.js';
import { FIND_UNSETTLED, SETTLE_SCANNED, SETTLE_SUBJECT, SETTLED } from './redis-eras-scripts.js';
import { ENDED_AT_ONCE } from './sessions.repository.js';

/** Keys that one step looks at, so that other clients do not wait long. */
const LOOKED_AT_ONCE = 1_000;
/** Eras looked at by one run. */
const ERAS_AT_ONCE = 100;

/**
 * Lets sessions say that they are over, of eras for which not all do yet, in steps of a bounded number each.
 * @param step called between the steps; false: no further one
 */
export async function settleErasInRedis(redis: RedisClient, step: () => Promise<boolean>): Promise<void> {
  const subjects = (await FIND_UNSETTLED.run(redis, [redisKeys.unsettled], [ERAS_AT_ONCE])) as string[];
  for (const subject of subjects) {
    const settling =
      subject === '' ? scanInSteps(redis, SETTLE_SCANNED, step) : settleSubject(redis, subject, step);
    // oxlint-disable-next-line eslint/no-await-in-loop -- one after the other
    if (!(await settling)) return;
    // oxlint-disable-next-line eslint/no-await-in-loop -- the same
    await SETTLED.run(redis, [redisKeys.unsettled], [subject]);
  }
}

/** @returns false if it was stopped */
async function settleSubject(
  redis: RedisClient,
  subject: string,
  step: () => Promise<boolean>,
): Promise<boolean> {
  let open = 0;
  for (;;) {
    // oxlint-disable-next-line eslint/no-await-in-loop -- each begins where the one before ended
    const answer = await SETTLE_SUBJECT.run(redis, [redisKeys.subject(subject)], [open, ENDED_AT_ONCE]);
    const [looked, stillOpen] = answer as [number, number];
    open += stillOpen;
    if (looked < ENDED_AT_ONCE) return true;
    // oxlint-disable-next-line eslint/no-await-in-loop -- the same
    if (!(await step())) return false;
  }
}

/**
 * Runs a script once for each step of a SCAN, which finds each key that is there from the first step to the last.
 * @param script is given the cursor and how many keys to look at, and answers the next cursor, and what else it found
 * @param step called after each step with the answer; false: no further one
 * @returns false if it was stopped
 */
export async function scanInSteps(
  redis: RedisClient,
  script: RedisScript,
  step: (answer: readonly unknown[]) => Promise<boolean>,
): Promise<boolean> {
  let cursor = '0';
  do {
    // oxlint-disable-next-line eslint/no-await-in-loop -- each begins where the one before ended
    const answer = await script.run(redis, [redisKeys.unsettled], [cursor, LOOKED_AT_ONCE]);
    const parts: readonly unknown[] = Array.isArray(answer) ? answer : [answer];
    cursor = String(parts[0]);
    // oxlint-disable-next-line eslint/no-await-in-loop -- the same
    if (!(await step(parts))) return false;
  } while (cursor !== '0');
  return true;
}
