import { SessionEndedError } from './sessions.errors.js';

/**
 * What refuses a second session of one id: it was opened and ended before, as where its commit failed.
 * @throws SessionEndedError; what was given, if it is something else
 */
export function endedIfThereIsOne(error: unknown): never {
  if (error instanceof Error && error.message.startsWith('DUPLICATE')) throw new SessionEndedError();
  throw error;
}
