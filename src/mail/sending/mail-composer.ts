import { Injectable } from '@nestjs/common';
import { MailDeliveryError, type OutgoingMail } from '../transport/mailer.js';
import { MailRenderer } from './mail-renderer.js';
import { MailSealer } from './mail-sealer.js';
import type { OutboxRow } from './outbox-store.js';

/** What is at fault is here, not at the server. Another release, or another setting, may cure it. */
export class UnreadableMailError extends MailDeliveryError {
  constructor(message: string) {
    super('deferred', message);
  }
}

/** A mail of the outbox, opened and written out. */
@Injectable()
export class MailComposer {
  constructor(
    private readonly sealer: MailSealer,
    private readonly renderer: MailRenderer,
  ) {}

  /** @throws UnreadableMailError */
  compose(row: OutboxRow): OutgoingMail {
    const mail = this.sealer.open(row.sealed, row.id);
    if (!mail) throw new UnreadableMailError('it does not open: is APP_SECRET another one?');
    try {
      return this.renderer.render(row, mail);
    } catch (error) {
      throw new UnreadableMailError(`its template failed (${(error as Error).name})`);
    }
  }
}
