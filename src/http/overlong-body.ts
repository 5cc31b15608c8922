import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** What is read of it after the answer, and for how long: most clients send everything before they read. */
const READ_ON_BYTES = 64 * 1024 * 1024;
const READ_ON_MILLISECONDS = 10_000;

/**
 * Lets clients see that their body is too long, or not wanted: who closes a connection with data unread resets it, and the answer
 * is lost (RFC 9112 section 9.6). So the connection stays open, and the rest is thrown away, up to a bound; only then is it closed
 * if the request has asked for that.
 */
export function readOnAfterRefusal(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (reply.statusCode >= 400 && hasBody(request.raw) && !request.raw.complete) {
      const closes = !reply.raw.shouldKeepAlive;
      void reply.removeHeader('connection');
      // Else Node closes as soon as the answer is written. No such header is sent either way.
      reply.raw.removeHeader('connection');
      reply.raw.shouldKeepAlive = true;
      discard(request.raw, () => closes && closeAfter(reply.raw));
    }
    done(null, payload);
  });
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function closeAfter(response: ServerResponse): void {
  const { socket } = response.req;
  if (response.writableFinished) socket.destroySoon();
  else response.once('finish', () => socket.destroySoon());
}

function discard(request: IncomingMessage, whole: () => void): void {
  const { socket } = request;
  const timer = setTimeout(() => socket.destroy(), READ_ON_MILLISECONDS).unref();
  let read = 0;
  request.on('data', (chunk: Buffer) => {
    read += chunk.length;
    if (read > READ_ON_BYTES) socket.destroy();
  });
  request.once('end', whole);
  for (const event of ['end', 'close', 'error']) request.once(event, () => clearTimeout(timer));
}
