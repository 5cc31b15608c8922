import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { Mailer, type OutgoingMail } from './mailer.js';
import { toMessage } from './mime.js';

const POSITION_DIGITS = 10;

/** Writes each mail into a file, for whoever has no mail server: in development, and in tests. */
export class FileMailer extends Mailer {
  /** In their order. */
  override readonly concurrency = 1;
  private readonly logger = new Logger('Mail');

  constructor(private readonly directory: string) {
    super();
  }

  async send(mail: OutgoingMail): Promise<void> {
    const path = join(this.directory, fileName(mail));
    await this.write(mail, (draft) => rename(draft, path));
    this.logger.log(`A mail (${mail.template}) was written to ${path}`);
  }

  override async pretend(mail: OutgoingMail): Promise<void> {
    await this.write({ ...mail, to: mail.from.address }, () => Promise.resolve());
  }

  /** @param keep the draft under its name, where it appears only when complete */
  private async write(mail: OutgoingMail, keep: (draft: string) => Promise<void>): Promise<void> {
    const { createTransport } = await import('nodemailer');
    const message = toMessage(mail);
    const composed = await createTransport({ streamTransport: true, buffer: true }).sendMail(message);
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    const draft = join(this.directory, `.${mail.id}.${randomBytes(4).toString('hex')}`);
    try {
      await writeFile(draft, composed.message as Buffer, { mode: 0o600, flag: 'wx' });
      await keep(draft);
    } finally {
      await rm(draft, { force: true });
    }
  }
}

/** Sorted by name, files are in the order in which the mails were written. */
function fileName({ date, position, template }: OutgoingMail): string {
  const time = date.toISOString().replaceAll(/[-:]/g, '');
  return `${time}-${String(position).padStart(POSITION_DIGITS, '0')}-${template}.eml`;
}
