import type { Provider } from '@nestjs/common';
import type { Transaction } from '../../src/common/unit-of-work.js';
import { type Mail, type MailData, type MailTemplate, NO_RECIPIENT } from '../../src/mail/mail.js';
import { Outbox } from '../../src/mail/outbox.js';

/** Keeps the mails that were committed, instead of sending them: `providers: [mails.provider]`. */
export class CapturedMails extends Outbox {
  /** In the order in which they were committed. */
  readonly all: Mail[] = [];
  /** Accounts whose mails were thrown away. */
  readonly discarded = new Set<string>();
  readonly provider: Provider = { provide: Outbox, useValue: this };

  enqueue<Template extends MailTemplate>(mail: Mail<Template>, transaction?: Transaction): Promise<void> {
    if (mail.to === NO_RECIPIENT) return Promise.resolve();
    const keep = () => Promise.resolve(void this.all.push(mail as Mail));
    if (!transaction) return keep();
    transaction.afterCommit(keep);
    return Promise.resolve();
  }

  override discard(account: string, transaction?: Transaction): Promise<void> {
    const drop = () => Promise.resolve(void this.discarded.add(account));
    if (!transaction) return drop();
    transaction.afterCommit(drop);
    return Promise.resolve();
  }

  /** What was sent to an address. */
  to(address: string, template?: MailTemplate): Mail[] {
    return this.all.filter((mail) => mail.to === address && (template ?? mail.template) === mail.template);
  }

  /** The data of the last mail of a kind to an address. */
  last<Template extends MailTemplate>(address: string, template: Template): MailData[Template] {
    const mail = this.to(address, template).at(-1);
    if (!mail) throw new Error(`${address} was sent no ${template}.`);
    return mail.data as MailData[Template];
  }

  /** The token in the link of the last mail of a kind to an address. */
  token(
    address: string,
    template: 'password-reset' | 'email-verification' | 'email-change' | 'invitation',
  ): string {
    return new URL(this.last(address, template).link).hash.replace('#token=', '');
  }
}
