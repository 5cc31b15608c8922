import type { Logger } from '@nestjs/common';
import { LatchkeyError, UnavailableError } from '../../common/errors/latchkey-error.js';
import { reasonOf } from '../../common/errors/without-parameters.js';

/** How long a request waits for a strategy; milliseconds. */
const PATIENCE = 5_000;

/**
 * What a strategy of a team's own says. Nothing it does lets a caller in but its answer.
 * @param ask is given what is aborted when no one waits any longer
 * @throws UnavailableError if it does not say in time, or fails with what is no error of Latchkey's
 */
export async function askedInTime<T>(
  name: string,
  logger: Logger,
  ask: (signal: AbortSignal) => T | Promise<T>,
): Promise<T> {
  const signal = AbortSignal.timeout(PATIENCE);
  try {
    return await new Promise<T>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('it took too long')), { once: true });
      void (async () => ask(signal))().then(resolve, reject);
    });
  } catch (error) {
    if (error instanceof LatchkeyError) throw error;
    logger.error(`The credential strategy ${name} does not answer: ${reasonOf(error)}`);
    throw new UnavailableError('The credential cannot be checked right now.', { cause: error });
  }
}
