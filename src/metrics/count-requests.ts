import type { HttpAdapterHost } from '@nestjs/core';
import type { HttpRequest } from '../common/client-info.js';
import { routeOf } from '../common/route-of.js';
import type { RequestTallies } from './request-tallies.js';

/** The part of Fastify that is needed. */
interface FastifyServer {
  addHook(
    name: 'onResponse',
    hook: (
      request: HttpRequest,
      reply: { readonly statusCode: number; readonly elapsedTime: number },
      done: () => void,
    ) => void,
  ): unknown;
}

/** The part of Express that is needed. */
interface ExpressServer {
  use(
    handler: (
      request: HttpRequest,
      response: { readonly statusCode: number; once(event: 'finish', listener: () => void): unknown },
      next: () => void,
    ) => void,
  ): unknown;
}

/** Counts what an application answers, on Fastify or Express. To be called before anything else is added to it that answers. */
export function countRequests({ httpAdapter }: HttpAdapterHost, tallies: RequestTallies): void {
  // Of an application without HTTP, or that only makes a context.
  const type = (httpAdapter as typeof httpAdapter | undefined)?.getType();
  if (type === 'fastify') countOnFastify(httpAdapter.getInstance<FastifyServer>(), tallies);
  if (type === 'express') countOnExpress(httpAdapter.getInstance<ExpressServer>(), tallies);
}

function countOnFastify(server: FastifyServer, tallies: RequestTallies): void {
  server.addHook('onResponse', (request, reply, done) => {
    tallies.add(routeOf(request), request.method, reply.statusCode, reply.elapsedTime / 1000);
    done();
  });
}

function countOnExpress(server: ExpressServer, tallies: RequestTallies): void {
  server.use((request, response, next) => {
    const began = performance.now();
    response.once('finish', () => {
      const seconds = (performance.now() - began) / 1000;
      tallies.add(templateOf(request), request.method, response.statusCode, seconds);
    });
    next();
  });
}

/** Express takes lists and regular expressions, too. */
function templateOf(request: HttpRequest): string {
  const route: unknown = routeOf(request);
  return typeof route === 'string' ? route : '(pattern)';
}
