import { connect, constants } from 'node:http2';
import { connect as connectSocket } from 'node:net';
import { encodeText } from './orders-client.js';

/** A stream whose client takes four bytes of the answers, and no more. */
export interface UnreadCall {
  send(text: string): void;
  /** The error code of HTTP/2 that the server ends it with. */
  readonly reset: Promise<number>;
}

export function openUnread(address: string, method: 'Pass' | 'Chat', token: string): UnreadCall {
  const session = connect('http://localhost', {
    createConnection: () => connectSocket(address.replace(/^unix:/, '')),
    settings: { initialWindowSize: 4 },
  });
  const call = session.request({
    [constants.HTTP2_HEADER_METHOD]: 'POST',
    [constants.HTTP2_HEADER_PATH]: `/orders.Orders/${method}`,
    'content-type': 'application/grpc',
    te: 'trailers',
    authorization: `Bearer ${token}`,
  });
  const reset = new Promise<number>((resolve) => call.once('aborted', () => resolve(call.rstCode)));
  return {
    send: (text) => void call.write(framed(encodeText(text))),
    reset: reset.finally(() => session.destroy()),
  };
}

/** A message as gRPC frames it: not compressed, its length in four bytes. */
function framed(message: Buffer): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}
