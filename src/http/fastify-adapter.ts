import type { IncomingMessage, ServerResponse } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LatchkeyError } from '../common/errors/latchkey-error.js';
import { PROBLEM_MEDIA_TYPE, problemDetails } from '../common/problem-details/problem-details.js';
import type { HttpConfig, LatchkeyConfig } from '../config/config.js';
import { logRequests } from './access-log.js';
import { acceptFormsOf, acceptOnlyJson, BODY_LIMIT } from './json-body.js';
import { readOnAfterRefusal } from './overlong-body.js';
import { isPage } from '../pages/page-paths.js';
import { answerRawProblem } from './raw-problem.js';
import { requestIds } from './request-id.js';
import { API_HEADERS, DOCS_HEADERS } from './security-headers.js';
import { traceRequests } from './trace-requests.js';

const HEADERS_LIMIT = 16 * 1024;
const REQUEST_TIMEOUT = 30_000;
/** How often Node looks whether that is over for any; by default as seldom as that again. Milliseconds. */
const TIMEOUT_CHECK = 2_000;

/** A page that says of an address which the router refuses that there is none; undefined where a program asks. */
type DrawUnreadable = (request: FastifyRequest, reply: FastifyReply) => string | undefined;

/** Fastify as Latchkey runs it: JSON only, bounded, with security headers and an id on every answer. */
export function createFastifyAdapter(
  { http: config, app: { logLevel }, pages }: LatchkeyConfig,
  docsPath: string,
  drawUnreadable: DrawUnreadable = () => undefined,
): FastifyAdapter {
  const adapter = new FastifyAdapter({
    logger: false,
    genReqId: requestIds(config.trustProxy),
    trustProxy: trustedProxies(config.trustProxy),
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT,
    // Requests in flight end normally while the server closes; new connections are refused by the closed socket.
    return503OnClosing: false,
    // No middleware is used, and every request would pass through its layer.
    skipMiddie: true,
    // DTOs are validated with class-validator. Fastify's own validators take a tenth of the start to load.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    // A missing Host is refused below, as a problem; Node would answer without a body.
    http: {
      maxHeaderSize: HEADERS_LIMIT,
      requireHostHeader: false,
      // Node takes the longer of the two for whole requests, whichever it is.
      headersTimeout: REQUEST_TIMEOUT,
      connectionsCheckingInterval: TIMEOUT_CHECK,
    },
    clientErrorHandler: answerRawProblem,
    // The router refuses a malformed URL before any hook runs.
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      const problem =
        error.code === 'FST_ERR_MAX_PARAM_LENGTH'
          ? problemDetails('NOT_FOUND', 'There is nothing at this address.')
          : problemDetails('VALIDATION_FAILED', 'The address is not a valid URL.');
      void reply.headers(API_HEADERS).header('X-Request-Id', request.id);
      const page = drawUnreadable(request, reply);
      if (page !== undefined) {
        void reply.send(page);
        return;
      }
      void reply
        .header('Content-Type', `${PROBLEM_MEDIA_TYPE}; charset=utf-8`)
        .code(problem.status)
        .send(problem);
    },
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  // Bounded by their size; Node would leave out those beyond the thousandth, X-Forwarded-For with them.
  fastify.server.maxHeadersCount = 0;
  // First, so that all that others do for a request is within.
  traceRequests(fastify, config.trustProxy);
  acceptOnlyJson(fastify);
  if (pages.on) acceptFormsOf(fastify, isPage);
  readOnAfterRefusal(fastify);
  logRequests(fastify, logLevel);
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.headers(isUnder(docsPath, request.url) ? DOCS_HEADERS : API_HEADERS);
    reply.header('X-Request-Id', request.id);
    const lacksHost = request.headers.host === undefined && request.raw.httpVersion === '1.1';
    done(lacksHost ? new LatchkeyError('VALIDATION_FAILED', 'HTTP/1.1 needs a Host header.') : undefined);
  });
  // An expectation that Node does not know is ignored, as RFC 9110 section 10.1.1 allows.
  fastify.server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    fastify.server.emit('request', request, response);
  });
  return adapter;
}

function noSchemas(): never {
  throw new Error('Fastify schemas are not set up: validate with class-validator DTOs.');
}

function isUnder(path: string, url: string): boolean {
  return url.startsWith(path) && ['/', '?', undefined].includes(url[path.length]);
}

/** A hop count trusts that many proxies, the nearest first. */
function trustedProxies(
  trusted: HttpConfig['trustProxy'],
): string | false | ((address: string, hop: number) => boolean) {
  return typeof trusted === 'number' ? (_address, hop) => hop < trusted : trusted;
}
