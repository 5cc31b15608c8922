import type { Logger } from '@nestjs/common';
import type { ClientInfo } from '../client-info.js';
import { logEntry } from '../log-entry.js';
import { reasonOf } from './without-parameters.js';

/**
 * Does what nothing else must fail with: what cannot be done is told in the log, and that is all.
 * @param complaint what could not be done; the reason follows it
 */
export async function logFailure(
  logger: Logger,
  complaint: string,
  work: () => Promise<unknown>,
  request?: Pick<ClientInfo, 'requestId'> | null,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    logger.error(logEntry(`${complaint}: ${reasonOf(error)}`, request));
  }
}
