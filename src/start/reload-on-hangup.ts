import { type INestApplication, Logger } from '@nestjs/common';
import type { LatchkeyConfig } from '../config/config.js';
import { SigningKeys } from '../tokens/keys/signing-keys.js';

/**
 * SIGHUP: the files of `SIGNING_KEY_FILES` are read again, without waiting until their change is noticed. Without such
 * files the signal keeps its usual meaning, the end: a server started in a terminal ends with it.
 */
export function reloadOnHangup(app: INestApplication, { tokens }: LatchkeyConfig): void {
  if (tokens.signingKeyFiles.length === 0) return;
  const logger = new Logger('SigningKeys');
  process.on('SIGHUP', () => {
    logger.log('SIGHUP: reading the key files again.');
    void app.get(SigningKeys).reload();
  });
}
