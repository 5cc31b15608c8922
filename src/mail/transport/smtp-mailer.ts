import type { Transporter } from 'nodemailer';
import type { MailServer } from '../../config/mail-url.js';
import { Mailer, MailDeliveryError, type OutgoingMail } from './mailer.js';
import { toMessage } from './mime.js';
import { offersSmtpUtf8 } from './smtp-utf8.js';
import { connectToNullServer, type SocketSource } from './null-mail-server.js';

/** To connect (with TLS), to greet, and without a word in between. Milliseconds. */
const CONNECT_TIMEOUT = 10_000;
const GREETING_TIMEOUT = 10_000;
const SOCKET_TIMEOUT = 30_000;
/** Servers close connections that stay idle: we do it before them. */
const IDLE_TIMEOUT = 20_000;
/** What the server can do changes with its configuration. */
const REMEMBERED = 3_600_000;
const FAILURE_REMEMBERED = 30_000;

/** SMTP by nodemailer, over a few connections that are kept for a while. */
export class SmtpMailer extends Mailer {
  private takesUnicode: { readonly answer: Promise<boolean>; readonly until: number } | undefined;
  private transport: Promise<Transporter> | undefined;
  private nowhere: Promise<Transporter> | undefined;

  constructor(private readonly server: MailServer) {
    super();
  }

  async send(mail: OutgoingMail, signal: AbortSignal): Promise<void> {
    const message = toMessage(mail);
    this.transport ??= openTransport(this.server, this.concurrency);
    const transport = await this.transport;
    try {
      await transport.sendMail({ ...message, signal });
    } catch (error) {
      throw toDeliveryError(error);
    }
  }

  /** The whole dialogue, with a server in this process that throws the mail away. */
  override async pretend(mail: OutgoingMail, signal: AbortSignal): Promise<void> {
    const message = toMessage({ ...mail, to: mail.from.address });
    this.nowhere ??= openTransport(NOWHERE, this.concurrency, connectToNullServer);
    await (await this.nowhere).sendMail({ ...message, signal });
  }

  override async check(): Promise<void> {
    this.transport ??= openTransport(this.server, this.concurrency);
    try {
      await (await this.transport).verify();
    } catch (error) {
      throw toDeliveryError(error);
    }
  }

  /** Asked once an hour at most. */
  override async takesUnicodeAddresses(): Promise<boolean> {
    const now = performance.now();
    if (!this.takesUnicode || this.takesUnicode.until <= now) {
      const answer = offersSmtpUtf8(this.server);
      this.takesUnicode = { answer, until: now + REMEMBERED };
      // However many ask meanwhile, a server that does not answer is asked twice a minute.
      answer.catch(() => (this.takesUnicode = { answer, until: performance.now() + FAILURE_REMEMBERED }));
    }
    try {
      return await this.takesUnicode.answer;
    } catch (error) {
      throw toDeliveryError(error);
    }
  }

  override close(): void {
    for (const opened of [this.transport, this.nowhere])
      void opened?.then((transport) => transport.close({ force: true }));
  }
}

const NOWHERE: MailServer = {
  host: 'localhost',
  port: 25,
  secure: false,
  requireTls: false,
  user: undefined,
  password: undefined,
};

/** Loaded with the first mail: a start need not wait for it. */
async function openTransport(
  server: MailServer,
  connections: number,
  getSocket?: SocketSource,
): Promise<Transporter> {
  const { createTransport } = await import('nodemailer');
  const { host, port, secure, requireTls, user, password } = server;
  return createTransport({
    pool: true,
    host,
    port,
    secure,
    requireTLS: requireTls,
    ...(user !== undefined && { auth: { user, pass: password ?? '' } }),
    maxConnections: connections,
    maxRequeues: 1,
    idleTimeout: IDLE_TIMEOUT,
    connectionTimeout: CONNECT_TIMEOUT,
    dnsTimeout: CONNECT_TIMEOUT,
    greetingTimeout: GREETING_TIMEOUT,
    socketTimeout: SOCKET_TIMEOUT,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(getSocket && { getSocket }),
  });
}

interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
  readonly command?: string;
}

/** Of the server's words only the codes are kept: the rest may repeat the address, or the link. */
function toDeliveryError(error: unknown): MailDeliveryError {
  const { code = 'failed', message, responseCode, response, command } = error as SmtpError;
  if (responseCode === undefined || response === undefined)
    return new MailDeliveryError('unavailable', `${code} (${message.replace(/response=[^]*/, '…')})`);
  const [, enhanced] = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response) ?? [];
  const reason = [responseCode, enhanced, command !== undefined && `after ${command}`]
    .filter(Boolean)
    .join(' ');
  return new MailDeliveryError(failureOf(code, responseCode), reason);
}

/** What the server says of a sender, a recipient or a message concerns this mail; everything else concerns all. */
function failureOf(code: string | undefined, responseCode: number): MailDeliveryError['failure'] {
  const concernsMail = (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode !== 421;
  if (!concernsMail) return 'unavailable';
  return responseCode >= 500 ? 'refused' : 'deferred';
}
