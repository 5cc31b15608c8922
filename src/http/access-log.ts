import { Logger } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { clientInfoOf } from '../common/client-info.js';
import { routeOf } from '../common/route-of.js';
import type { LogLevel } from '../config/config.js';
import { traceIdOf } from './trace-id.js';
import { spanContextOf } from './trace-requests.js';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
const ALL_LEVELS = new Set<LogLevel>(['debug', 'trace']);

/**
 * One line for each finished request: `warn` where we failed, `info` where something was changed or refused, else
 * `debug`, which costs nothing unless it is asked for.
 */
export function logRequests(fastify: FastifyInstance, logLevel: LogLevel): void {
  const logger = new Logger('Http');
  const logsAll = ALL_LEVELS.has(logLevel);
  fastify.addHook('onResponse', (request, reply, done) => {
    const isQuiet = reply.statusCode < 400 && SAFE_METHODS.has(request.method);
    if (!isQuiet) writeLine(logger, reply.statusCode < 500 ? 'log' : 'warn', request, reply);
    else if (logsAll) writeLine(logger, 'debug', request, reply);
    done();
  });
}

function writeLine(
  logger: Logger,
  level: 'log' | 'warn' | 'debug',
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const { method } = request;
  const path = routeOf(request);
  const status = reply.statusCode;
  const milliseconds = Math.round(reply.elapsedTime);
  const { ip, userAgent, requestId } = clientInfoOf(request);
  const span = spanContextOf(request);
  logger[level]({
    message: `${method} ${path} ${status} ${milliseconds} ms`,
    requestId,
    traceId: span?.traceId ?? traceIdOf(request.headers['traceparent']),
    spanId: span?.spanId,
    method,
    path,
    status,
    milliseconds,
    ip,
    userAgent,
  });
}
