import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { STATUS_CODES } from 'node:http';
import { Logger } from '@nestjs/common';
import type { ErrorCode } from '../common/errors/error-code.js';
import { PROBLEM_MEDIA_TYPE, problemDetails } from '../common/problem-details/problem-details.js';

const logger = new Logger('Http');

const PROBLEMS: Readonly<Record<string, [ErrorCode, string]>> = {
  HPE_HEADER_OVERFLOW: ['HEADERS_TOO_LARGE', 'The headers are larger than this server accepts.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['REQUEST_TIMEOUT', 'The request did not come whole in time.'],
};
const NOT_HTTP: [ErrorCode, string] = [
  'VALIDATION_FAILED',
  'The request is not HTTP that this server understands.',
];

/** Answers what Node's HTTP parser refuses, before there is a request (RFC 9112 section 2.2), and hangs up. */
export function answerRawProblem(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const [code, detail] = PROBLEMS[error.code ?? ''] ?? NOT_HTTP;
  const problem = problemDetails(code, detail);
  const body = JSON.stringify(problem);
  const requestId = randomUUID();
  logger.debug({ message: `${problem.status} ${error.code ?? ''}`, requestId, ip: socket.remoteAddress });
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\n` +
      `Content-Type: ${PROBLEM_MEDIA_TYPE}; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n` +
      `Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nX-Request-Id: ${requestId}\r\nConnection: close\r\n\r\n${body}`,
  );
}
