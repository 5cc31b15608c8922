import { once } from 'node:events';
import {
  Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  credentials,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';

/** A message with the one field that all of them have, in the wire format of protocol buffers. */
export function encodeText(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([0x0a, bytes.length]), bytes]);
}

function decodeText(message: Buffer): string {
  return message.subarray(2).toString();
}

/** How a call ended. */
export interface Outcome {
  readonly text?: string;
  /** Status of gRPC; 0: it was answered. */
  readonly status: number;
  /** The stable code of the trailing metadata. */
  readonly code?: string;
  readonly error?: ServiceError;
}

/** Calls the service, with a token or without one. */
export class OrdersClient {
  private readonly client: Client;

  constructor(address: string) {
    this.client = new Client(address, credentials.createInsecure());
  }

  call(method: string, { text = '', token }: { text?: string; token?: string } = {}): Promise<Outcome> {
    return new Promise((resolve) => {
      this.client.makeUnaryRequest(
        pathOf(method),
        encodeText,
        decodeText,
        text,
        metadataOf(token),
        (error, answer) => resolve(error ? outcomeOf(error) : { status: 0, text: answer ?? '' }),
      );
    });
  }

  /** Sends all of them, then waits for the one answer. Without an end if `open`. */
  collect(
    texts: readonly string[],
    token?: string,
    open = false,
    method: 'Collect' | 'Tally' = 'Collect',
  ): Promise<Outcome> {
    return new Promise((resolve) => {
      const call = this.client.makeClientStreamRequest(
        pathOf(method),
        encodeText,
        decodeText,
        metadataOf(token),
        (error, answer) => resolve(error ? outcomeOf(error) : { status: 0, text: answer ?? '' }),
      );
      for (const text of texts) call.write(text);
      if (!open) call.end();
    });
  }

  /** A stream whose first message has come. */
  async open(method: 'Watch' | 'Chat' | 'Pass', token: string): Promise<ClientReadableStream<string>> {
    if (method === 'Watch') return begun(this.watch(token));
    const call = this.talk(method, token);
    call.write('hello');
    return begun(call);
  }

  /** A stream that goes on after the client has sent all: the server has read the end. */
  async openHalfClosed(token: string): Promise<ClientDuplexStream<string, string>> {
    const call = this.talk('Feed', token);
    call.write('hello');
    await once(call, 'data');
    call.end();
    return begun(call);
  }

  watch(token?: string, method: 'Watch' | 'News' = 'Watch'): ClientReadableStream<string> {
    return this.client.makeServerStreamRequest(pathOf(method), encodeText, decodeText, '', metadataOf(token));
  }

  talk(method: 'Chat' | 'Pass' | 'Feed', token?: string): ClientDuplexStream<string, string> {
    return this.client.makeBidiStreamRequest(pathOf(method), encodeText, decodeText, metadataOf(token));
  }

  close(): void {
    this.client.close();
  }
}

type Stream = ClientReadableStream<string> | ClientDuplexStream<string, string>;

async function begun<S extends Stream>(stream: S): Promise<S> {
  await once(stream, 'data');
  return stream;
}

/** How a stream ends. */
export async function endOf(stream: Stream): Promise<Outcome> {
  stream.resume();
  const [error] = (await Promise.race([once(stream, 'end'), failureOf(stream)])) as [ServiceError?];
  return error ? outcomeOf(error) : { status: 0 };
}

function failureOf(stream: NodeJS.EventEmitter): Promise<[ServiceError]> {
  return new Promise((resolve) => stream.once('error', (error: ServiceError) => resolve([error])));
}

function outcomeOf(error: ServiceError): Outcome {
  const [code] = error.metadata?.get('latchkey-code') ?? [];
  return { status: error.code, error, ...(code !== undefined && { code: String(code) }) };
}

function pathOf(method: string): string {
  return `/orders.Orders/${method}`;
}

function metadataOf(token: string | undefined): Metadata {
  const metadata = new Metadata();
  if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
  return metadata;
}
