import { on, once } from 'node:events';
import { WebSocket } from 'ws';

/** A message of a gateway. */
export interface Message {
  readonly event: string;
  readonly data: unknown;
}

interface Handshake {
  readonly protocols?: string[];
  readonly headers?: Record<string, string>;
}

/** A client of `ws`; no message that comes early is lost. */
export class PlainClient {
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  private readonly socket: WebSocket;
  private readonly messages: AsyncIterator<unknown[]>;

  constructor(url: string, { protocols = [], headers = {} }: Handshake = {}) {
    this.socket = new WebSocket(url.replace('http', 'ws'), protocols, { headers });
    this.messages = on(this.socket, 'message')[Symbol.asyncIterator]() as AsyncIterator<unknown[]>;
    this.closed = once(this.socket, 'close').then(([code, reason]) => ({
      code: code as number,
      reason: String(reason),
    }));
  }

  get protocol(): string {
    return this.socket.protocol;
  }

  async opened(): Promise<this> {
    await once(this.socket, 'open');
    return this;
  }

  send(event: string, data: unknown): void {
    this.socket.send(JSON.stringify({ event, data }));
  }

  /** Sends, and waits for the next message. */
  async ask(event: string, data: unknown = null): Promise<Message> {
    this.send(event, data);
    return this.next();
  }

  async next(): Promise<Message> {
    const { value } = (await this.messages.next()) as { readonly value: unknown[] };
    return JSON.parse(String(value[0])) as Message;
  }

  close(): void {
    this.socket.terminate();
  }
}
