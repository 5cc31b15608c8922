import { setTimeout as sleep } from 'node:timers/promises';

/** Four seconds on an idle machine. A bound of tries and not of time, so that a machine that is busy has as many of them. */
const TRIES = 160;
/** From one to the next. Milliseconds. */
const EVERY = 25;

const NOT_YET = Symbol('not yet');

/** As `eventually`, of what is promised within a second: fails where that takes ten. @returns what the expectation gives */
export async function promptly<T>(expectation: () => T | Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await expectation();
    } catch (error) {
      if (tried === TRIES) throw error;
      await sleep(EVERY);
    }
  }
}

/** The same of what comes by itself, as the end of a stream does. */
export async function comesPromptly<T>(coming: Promise<T>): Promise<T> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const come = await Promise.race([coming, sleep(EVERY, NOT_YET)]);
    if (come !== NOT_YET) return come;
  }
  throw new Error('It has not come in the time that is promised.');
}
