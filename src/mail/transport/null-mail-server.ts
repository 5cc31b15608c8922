import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** As nodemailer asks for the connection of a transport. */
export type SocketSource = (
  options: unknown,
  done: (error: Error | null, socket: { readonly connection: Socket }) => void,
) => void;

const REPLIES: Readonly<Record<string, string>> = {
  EHLO: '250-null\r\n250-SIZE\r\n250 8BITMIME\r\n',
  DATA: '354 go on\r\n',
  QUIT: '221 bye\r\n',
};
const ACCEPTED = '250 2.0.0 ok\r\n';
const END_OF_MAIL = '\r\n.\r\n';

/** The other end of a connection to a mail server that accepts everything and keeps nothing (RFC 5321). No network. */
class NullMailServer extends Duplex {
  private inMail = false;
  private last = '';

  constructor() {
    super();
    this.push('220 null ESMTP\r\n');
  }

  /** Of a real socket. */
  setTimeout(): this {
    return this;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const text = chunk.toString('latin1');
    // In a turn of its own, as from the network.
    setImmediate(() => {
      if (this.inMail) this.readMail(text);
      else this.answer(text.slice(0, 4).toUpperCase());
      done();
    });
  }

  override _final(done: () => void): void {
    this.push(null);
    done();
  }

  private readMail(text: string): void {
    this.last = (this.last + text).slice(-END_OF_MAIL.length);
    if (this.last !== END_OF_MAIL) return;
    this.inMail = false;
    this.push(ACCEPTED);
  }

  private answer(command: string): void {
    this.inMail = command === 'DATA';
    this.last = '';
    this.push(REPLIES[command] ?? ACCEPTED);
    if (command === 'QUIT') this.push(null);
  }
}

export const connectToNullServer: SocketSource = (_options, done) => {
  const connection: Duplex = new NullMailServer();
  // Nodemailer needs no more of a socket than it has.
  setImmediate(() => done(null, { connection: connection as Socket }));
};
