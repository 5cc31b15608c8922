import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { clientInfoOf, type HttpRequest } from '../../common/client-info.js';
import { nameRoute } from '../../common/route-of.js';
import { AuthorizationServer } from './authorization-server.js';
import { isOfAuthorizationServer, templateOf } from './oauth-paths.js';

/** The part of Fastify's reply that is needed. */
interface FastifyReply {
  readonly raw: ServerResponse;
  hijack(): unknown;
  getHeaders(): Record<string, number | string | string[] | undefined>;
}

/** The part of Fastify that is needed. */
interface Fastify {
  addHook(
    name: 'onRequest',
    hook: (request: HttpRequest & { readonly raw: IncomingMessage }, reply: FastifyReply) => Promise<void>,
  ): unknown;
}

/** The part of Express that is needed. */
interface Express {
  use(
    handler: (
      request: HttpRequest & IncomingMessage,
      response: ServerResponse,
      next: (error?: unknown) => void,
    ) => void,
  ): unknown;
}

/**
 * Hands the addresses of the authorization server over before a body is read: the library reads forms itself. Its answers have
 * the headers that those of the application have.
 */
@Injectable()
export class AuthorizationServerMount {
  constructor(
    host: HttpAdapterHost,
    private readonly server: AuthorizationServer,
  ) {
    const { httpAdapter } = host;
    if (httpAdapter.getType() === 'fastify') this.mountOnFastify(httpAdapter.getInstance<Fastify>());
    else this.mountOnExpress(httpAdapter.getInstance<Express>());
  }

  private mountOnFastify(fastify: Fastify): void {
    fastify.addHook('onRequest', async (request, reply) => {
      if (!isOfAuthorizationServer(request.url)) return;
      nameRouteOf(request, request.url);
      reply.hijack();
      for (const [name, value] of Object.entries(reply.getHeaders()))
        if (value !== undefined) reply.raw.setHeader(name, value);
      await this.server.answer(request.raw, reply.raw, clientInfoOf(request));
    });
  }

  private mountOnExpress(express: Express): void {
    express.use((request, response, next) => {
      const url = request.originalUrl ?? request.url;
      if (!isOfAuthorizationServer(url)) {
        next();
        return;
      }
      nameRouteOf(request, url);
      const answering = this.server.answer(request, response, clientInfoOf(request));
      // oxlint-disable-next-line promise/no-callback-in-promise -- how Express is told of errors
      answering.catch((error: unknown) => next(error));
    });
  }
}

function nameRouteOf(request: object, url: string): void {
  const template = templateOf(url);
  if (template !== undefined) nameRoute(request, template);
}
