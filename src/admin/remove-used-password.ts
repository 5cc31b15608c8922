import { Logger } from '@nestjs/common';
import type { InitialAdminService } from './initial-admin.service.js';
import type { InitialAdminFile } from './initial-admin-file.js';

/** One statement each, and only while there is the file. Milliseconds. */
const LOOK_INTERVAL = 2_000;

/**
 * Removes the file with the first administrator's one-time password once that has been replaced, on whichever instance.
 * @returns stops looking
 */
export function removeUsedPassword(file: InitialAdminFile, admins: InitialAdminService): () => void {
  if (!file.exists) return () => undefined;
  const logger = new Logger('InitialAdmin');
  const look = async (): Promise<void> => {
    if (await admins.isPasswordUnchanged()) return;
    clearInterval(timer);
    try {
      file.remove();
      logger.log(`The one-time password has been replaced: ${file.path} is removed.`);
    } catch (error) {
      logger.warn(`${file.path} is of no use any more, and cannot be removed: ${(error as Error).message}`);
    }
  };
  // A database that does not answer is asked again.
  const timer = setInterval(() => void look().catch(() => undefined), LOOK_INTERVAL).unref();
  return () => clearInterval(timer);
}
