import { randomBytes } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { domainToASCII } from 'node:url';
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

  override async forget(address: string, except: string): Promise<void> {
    const kept = `-${except}.eml`;
    for (const path of (await this.files()).filter((file) => !file.endsWith(kept))) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- there may be very many
      if (isTo(address, await readFile(path, 'utf8').catch(() => ''))) await rm(path, { force: true });
    }
  }

  override async purge(now: Date): Promise<void> {
    const before = now.getTime() - this.lifetime;
    for (const path of await this.files()) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- there may be very many
      if (await isOlder(path, before)) await rm(path, { force: true });
    }
  }

  private async files(): Promise<string[]> {
    const names = await readdir(this.directory).catch(() => []);
    return names.filter((name) => OURS.test(name)).map((name) => join(this.directory, name));
  }
}

/** By the header that nodemailer writes, with or without angle brackets, the domain in ASCII. */
function isTo(address: string, message: string): boolean {
  const [headers = ''] = message.split('\r\n\r\n', 1);
  const [, to = ''] = /^To: <?([^>\r\n]*)/im.exec(headers.replaceAll(/\r\n[ \t]+/g, ' ')) ?? [];
  return canonical(to) === canonical(address);
}

function canonical(address: string): string {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, at).toLowerCase()}@${domainToASCII(address.slice(at + 1).trim())}`;
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
