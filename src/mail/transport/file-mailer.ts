import { randomBytes } from 'node:crypto';
import { readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { makeDirectory } from '../../common/make-directory.js';
import { MailDeliveryError, Mailer, type OutgoingMail } from './mailer.js';
import { toMessage } from './mime.js';

const POSITION_DIGITS = 10;
/** Mails, and drafts of a process that was killed. */
const OURS = /^\d{8}T\d{6}\.\d{3}Z-\d+-[a-z-]+\.eml$|^\.[0-9a-f-]{36}\.[0-9a-f]{8}$/;

/** Writes each mail into a file, for those without a mail server: in development, and in tests. */
export class FileMailer extends Mailer {
  /** In their order. */
  override readonly concurrency = 1;
  private readonly logger = new Logger('Mail');

  /** @param lifetime of files. Milliseconds */
  constructor(
    private readonly directory: string,
    private readonly lifetime: number,
  ) {
    super();
  }

  async send(mail: OutgoingMail): Promise<void> {
    const path = join(this.directory, fileName(mail));
    await this.write(mail, (draft) => rename(draft, path));
    this.logger.log(`A mail (${mail.template}) was written to ${path}`);
  }

  override takesUnicodeAddresses(): Promise<boolean> {
    return Promise.resolve(true);
  }

  override async pretend(mail: OutgoingMail): Promise<void> {
    await this.write({ ...mail, to: mail.from.address }, () => Promise.resolve());
  }

  /** @param keep the draft under its name, where it appears only when complete */
  private async write(mail: OutgoingMail, keep: (draft: string) => Promise<void>): Promise<void> {
    const { createTransport } = await import('nodemailer');
    const message = toMessage(mail);
    const composed = await createTransport({ streamTransport: true, buffer: true }).sendMail(message);
    const draft = join(this.directory, `.${mail.id}.${randomBytes(4).toString('hex')}`);
    try {
      makeDirectory(this.directory);
      await writeFile(draft, composed.message as Buffer, { mode: 0o600, flag: 'wx' });
      await keep(draft);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new MailDeliveryError('unavailable', `${this.directory} cannot be written to (${code})`);
    } finally {
      await rm(draft, { force: true }).catch(() => undefined);
    }
  }

  override async purge(now: Date): Promise<void> {
    const before = now.getTime() - this.lifetime;
    const names = await readdir(this.directory).catch(() => []);
    const paths = names.filter((name) => OURS.test(name)).map((name) => join(this.directory, name));
    for (const path of paths) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- there may be very many
      if (await isOlder(path, before)) await rm(path, { force: true });
    }
  }
}

/** Sorted by name, files are in the order in which the mails were written. */
function fileName({ date, position, template }: OutgoingMail): string {
  const time = date.toISOString().replaceAll(/[-:]/g, '');
  return `${time}-${String(position).padStart(POSITION_DIGITS, '0')}-${template}.eml`;
}

async function isOlder(path: string, before: number): Promise<boolean> {
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
  return mtimeMs < before;
}
