import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** What is read of it after the answer, and for how long: most clients send everything before they read. */
const READ_ON_BYTES = 64 * 1024 * 1024;
const READ_ON_MILLISECONDS = 10_000;

/**
 * Lets clients see that their body is too long: who closes a connection with data unread resets it, and the answer is lost
 * (RFC 9112 section 9.6). So the connection stays open, and the rest is thrown away, up to a bound.
 */
export function readOnAfterRefusal(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (reply.statusCode === 413 && !request.raw.complete) {
      void reply.removeHeader('connection');
      discard(request.raw);
    }
    done(null, payload);
  });
}

function discard(request: IncomingMessage): void {
  const { socket } = request;
  const timer = setTimeout(() => socket.destroy(), READ_ON_MILLISECONDS).unref();
  let read = 0;
  request.on('data', (chunk: Buffer) => {
    read += chunk.length;
    if (read > READ_ON_BYTES) socket.destroy();
  });
  for (const event of ['end', 'close', 'error']) request.once(event, () => clearTimeout(timer));
}
