import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { METHODS } from 'node:http';
import type { Context, Link, Span, SpanContext } from '@opentelemetry/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { activeSpan, tracing, type Tracing } from '../common/tracing/tracing.js';
import { namedRouteOf } from '../common/route-of.js';
import type { HttpConfig } from '../config/config.js';
import { trustedPeers } from './trusted-peers.js';

/** Of requests that are traced: what they do is within. */
const contexts = new WeakMap<IncomingMessage, Context>();
const spans = new WeakMap<IncomingMessage, Span>();
const KNOWN_METHODS = new Set(METHODS);

/**
 * A span for each request, as the semantic conventions for HTTP have it, without what clients put into it: no address but the
 * route's, no query, no name of theirs. Nothing at all, not even a hook, where nothing traces as the server is made.
 *
 * The trace that a request names is gone on with where a trusted proxy says so. That of a stranger, who could have all of it recorded,
 * or none, is only linked to.
 */
export function traceRequests(fastify: FastifyInstance, trustProxy: HttpConfig['trustProxy']): void {
  if (!tracing()) return;
  const isTrusted = trustedPeers(trustProxy);
  fastify.addHook('onRequest', (request, reply, done) => {
    const traced = tracing();
    // Of an instrumentation that is loaded with the server, which has one for each request already.
    if (!traced || activeSpan()) return done();
    const context = begin(traced, request, reply, isTrusted(request.socket.remoteAddress));
    contexts.set(request.raw, context);
    traced.api.context.with(context, done);
  });
  // A body is read on events of the socket, which are of no request.
  fastify.addHook('preValidation', (request, _reply, done) => {
    const context = contexts.get(request.raw);
    const traced = context && tracing();
    if (traced) traced.api.context.with(context, done);
    else done();
  });
}

/** The span of a request, whatever runs. */
export function spanContextOf({ raw }: FastifyRequest): SpanContext | undefined {
  return spans.get(raw)?.spanContext();
}

function begin(
  { api, tracer }: Tracing,
  request: FastifyRequest,
  reply: FastifyReply,
  trusted: boolean,
): Context {
  const { parent, links } = cameWith(api, request.headers, trusted);
  const method = KNOWN_METHODS.has(request.method) ? request.method : '_OTHER';
  const route = request.routeOptions.url;
  const span = tracer.startSpan(
    route === undefined ? method : `${method} ${route}`,
    {
      kind: api.SpanKind.SERVER,
      links,
      attributes: {
        'http.request.method': method,
        ...(route !== undefined && { 'http.route': route }),
        'url.scheme': request.protocol,
        'network.protocol.version': request.raw.httpVersion,
        'http.response.header.x-request-id': [request.id],
      },
    },
    parent,
  );
  spans.set(request.raw, span);
  // Answered or not: the last that is heard of a request.
  reply.raw.once('close', () => {
    const { statusCode, headersSent, writableFinished } = reply.raw;
    const named = namedRouteOf(request);
    if (named !== undefined) span.updateName(`${method} ${named}`).setAttribute('http.route', named);
    if (headersSent) span.setAttribute('http.response.status_code', statusCode);
    if (!writableFinished) span.setAttribute('error.type', 'closed');
    if (headersSent && statusCode >= 500) {
      span.setAttribute('error.type', String(statusCode));
      span.setStatus({ code: api.SpanStatusCode.ERROR });
    }
    span.end();
  });
  return api.trace.setSpan(parent, span);
}

function cameWith(
  api: Tracing['api'],
  headers: IncomingHttpHeaders,
  trusted: boolean,
): { readonly parent: Context; readonly links: Link[] } {
  const received = api.propagation.extract(api.ROOT_CONTEXT, headers);
  const context = api.trace.getSpanContext(received);
  if (trusted || !context) return { parent: received, links: [] };
  return { parent: api.ROOT_CONTEXT, links: [{ context }] };
}
