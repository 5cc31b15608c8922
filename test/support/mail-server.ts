import { once } from 'node:events';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { freePort } from './services/free-port.js';

export interface ReceivedMail extends Email {
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  readonly user: string | undefined;
  readonly secure: boolean;
}

/** What it says to the next mails: accepted, refused with a code at a point, or nothing at all. */
export type Behaviour =
  'accept' | 'hang' | { readonly at: 'sender' | 'recipient' | 'data'; readonly code: number };

/** A real SMTP server in this process. */
export class MailServer {
  readonly received: ReceivedMail[] = [];
  behaviour: Behaviour = 'accept';
  /** Mails that got as far as the sender. */
  attempts = 0;
  private server: SMTPServer | undefined;
  private port: number | undefined;
  private waiting: (() => void)[] = [];

  constructor(private readonly options: SMTPServerOptions = { disabledCommands: ['STARTTLS', 'AUTH'] }) {}

  static async start(options?: SMTPServerOptions): Promise<MailServer> {
    const server = new MailServer(options);
    await server.start();
    return server;
  }

  /** Again on the port that it had. */
  async start(): Promise<void> {
    this.server = new SMTPServer({
      logger: false,
      disableReverseLookup: true,
      closeTimeout: 100,
      ...this.options,
      onMailFrom: (_, __, done) => {
        this.attempts += 1;
        this.answer('sender', done);
      },
      onRcptTo: (_, __, done) => this.answer('recipient', done),
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          if (this.behaviour !== 'accept') return this.answer('data', done);
          const { mailFrom, rcptTo } = session.envelope;
          const from = mailFrom ? mailFrom.address : '';
          const envelope = { from, to: rcptTo.map(({ address }) => address) };
          const { user } = session as { user?: string };
          void this.keep(Buffer.concat(chunks), { envelope, user, secure: session.secure }, done);
        });
      },
    });
    // A client that was killed, or does not trust the certificate.
    this.server.on('error', () => undefined);
    this.port ??= await freePort();
    await once(this.server.listen(this.port, '127.0.0.1'), 'listening');
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.server?.close(() => resolve()));
  }

  get url(): string {
    return `${this.options.secure ? 'smtps' : 'smtp'}://127.0.0.1:${this.port}`;
  }

  /** Once so many mails have arrived. */
  async holds(count: number): Promise<ReceivedMail[]> {
    while (this.received.length < count) await this.change();
    return this.received;
  }

  /** Once so many mails have been tried, with whatever end. */
  async saw(attempts: number): Promise<void> {
    while (this.attempts < attempts) await this.change();
  }

  private async keep(
    source: Buffer,
    session: Pick<ReceivedMail, 'envelope' | 'user' | 'secure'>,
    done: () => void,
  ): Promise<void> {
    this.received.push({ ...(await PostalMime.parse(source)), ...session });
    done();
    this.tell();
  }

  private change(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private answer(point: 'sender' | 'recipient' | 'data', done: (error?: Error) => void): void {
    this.tell();
    if (this.behaviour === 'hang') return;
    const refused = this.behaviour !== 'accept' && this.behaviour.at === point;
    if (!refused) return done();
    const { code } = this.behaviour as Exclude<Behaviour, string>;
    done(Object.assign(new Error(`${code >= 500 ? 5 : 4}.7.1 no <${this.url}>`), { responseCode: code }));
  }

  private tell(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
