import { Logger } from '@nestjs/common';
import { reasonOf } from '../common/errors/without-parameters.js';
import type { Mailer } from '../mail/transport/mailer.js';

/** Warns of a mail server that does not let us in. Mails wait for it; the server serves without. */
export async function checkMailServer(mailer: Mailer): Promise<void> {
  try {
    await mailer.check();
  } catch (error) {
    new Logger('Mail').warn(
      `MAIL_URL: the server cannot be used now, and mails wait for it: ${reasonOf(error)}`,
    );
  }
}
