import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request, type Server } from 'node:http';
import { duplexPair } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Server as TlsServer } from 'node:tls';
import { CallerGoneError } from '../../common/errors/caller-gone.error.js';
import type { ClosingConnection } from '../../common/client-info.js';

export interface RequestWithin {
  readonly method: string;
  /** Begins with `/`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Of the caller: where the server is to see the connection come from. */
  readonly remoteAddress: string;
  /** Of the caller, too: once it is closed, the server is to see that nobody waits any more. */
  readonly socket?: ClosingConnection | undefined;
}

export interface AnswerWithin {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/**
 * Asks a server of this process, whichever framework answers, over a pair of streams in place of a socket.
 * @throws Error if it ends the connection before the answer is whole; CallerGoneError
 */
export async function requestWithin(server: Server, asked: RequestWithin): Promise<AnswerWithin> {
  const { method, path, headers, body = '', remoteAddress, socket } = asked;
  const [near, far] = duplexPair();
  const secure = server instanceof TlsServer;
  server.emit(
    secure ? 'secureConnection' : 'connection',
    Object.assign(far, { remoteAddress, encrypted: secure }),
  );
  const sent = request({ createConnection: () => near, method, path, headers });
  // By itself Node says no length where a method has rarely a body.
  if (body !== '') sent.setHeader('Content-Length', Buffer.byteLength(body));
  // Where it is awaited an error is told once more; one that comes later is of no matter.
  sent.on('error', () => {});
  const hangUp = () => {
    near.destroy(new CallerGoneError());
    far.destroy();
  };
  socket?.once?.('close', hangUp);
  try {
    sent.end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) };
  } finally {
    socket?.off?.('close', hangUp);
  }
}
