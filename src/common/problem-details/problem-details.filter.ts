import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { Catch, ForbiddenException, HttpAdapterHost, HttpException, Logger } from '../nest.js';
import { AfterCommitError } from '../after-commit.js';
import { clientInfoOf, type HttpRequest, type HttpResponse } from '../client-info.js';
import type { ErrorCode } from '../errors/error-code.js';
import { LatchkeyError, UnavailableError } from '../errors/latchkey-error.js';
import { RefusedWrites } from '../errors/refused-writes.js';
import { isStoreFailure } from '../errors/store-failure.js';
import { withoutParameters } from '../errors/without-parameters.js';
import { logEntry } from '../log-entry.js';
import { routeOf } from '../route-of.js';
import { AllowedMethods } from './allowed-methods.js';
import { OtherAnswers } from './other-answers.js';
import { ProblemPages } from './problem-pages.js';
import {
  bearerChallenge,
  genericProblemDetails,
  PROBLEM_MEDIA_TYPE,
  type ProblemDetails,
  problemDetails,
} from './problem-details.js';

/** Codes for what the HTTP framework itself refuses, by status. */
const FRAMEWORK_CODES: Readonly<Record<number, [ErrorCode, string]>> = {
  400: ['VALIDATION_FAILED', 'The request could not be understood.'],
  401: ['TOKEN_INVALID', 'The access token is not valid.'],
  403: ['INSUFFICIENT_ROLE', 'You may not do this.'],
  404: ['NOT_FOUND', 'There is nothing at this address.'],
  405: ['METHOD_NOT_ALLOWED', 'This address does not answer that method.'],
  413: ['PAYLOAD_TOO_LARGE', 'The body is larger than this server accepts.'],
  414: ['NOT_FOUND', 'There is nothing at this address.'],
  415: ['UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json, in UTF-8 and not compressed.'],
  429: ['RATE_LIMITED', 'Too many requests; try again later.'],
  431: ['HEADERS_TOO_LARGE', 'The headers are larger than this server accepts.'],
  503: ['UNAVAILABLE', 'The server cannot answer right now.'],
};

/** Turns every error into RFC 9457 problem details, for browsers at the address of a page into one. What is not ours answers 500 and tells the client nothing. */
@Catch()
export class ProblemDetailsFilter implements ExceptionFilter {
  private readonly logger = new Logger('Errors');

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly allowedMethods: AllowedMethods,
    private readonly refusedWrites: RefusedWrites,
    private readonly otherAnswers: OtherAnswers,
    private readonly pages: ProblemPages = new ProblemPages(),
  ) {}

  /** @returns of calls that are not HTTP's, what Nest answers them with */
  catch(thrown: unknown, host: ArgumentsHost): unknown {
    if (host.getType() !== 'http')
      return this.otherAnswers.answer(thrown, () => this.understood(thrown, host.getType()), host);
    this.answer(thrown, host);
    return undefined;
  }

  private answer(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<HttpRequest>();
    const response = http.getResponse<HttpResponse>();
    const { httpAdapter } = this.adapterHost;
    if (isForeign(thrown)) {
      this.send(request, response, genericProblemDetails(statusOf(thrown)));
      return;
    }
    let error = this.toLatchkeyError(thrown, request);
    const isUnmatched = error.code === 'NOT_FOUND' && isUnmatchedRoute(thrown, request);

    if (isUnmatched) {
      const allow = this.allowedMethods.of(request.url);
      if (allow.length > 0) {
        error = new LatchkeyError('METHOD_NOT_ALLOWED', `This address answers ${allow.join(', ')}.`);
        httpAdapter.setHeader(response, 'Allow', allow.join(', '));
      }
    }

    const { authorization } = request.headers;
    const { maxAuthenticationAge: age, offersDpop } = error;
    const challenge = bearerChallenge(error.code, error.message, age, authorization, offersDpop);
    if (challenge) httpAdapter.setHeader(response, 'WWW-Authenticate', challenge);
    if (error.dpopNonce !== undefined) httpAdapter.setHeader(response, 'DPoP-Nonce', error.dpopNonce);
    if (error.retryAfterSeconds !== undefined) {
      httpAdapter.setHeader(response, 'Retry-After', String(error.retryAfterSeconds));
    }
    const { code, message, fields, extensions } = error;
    this.send(request, response, problemDetails(code, message, fields, extensions), isUnmatched);
  }

  private send(
    request: HttpRequest,
    response: HttpResponse,
    problem: ProblemDetails,
    isUnmatched = false,
  ): void {
    const { httpAdapter } = this.adapterHost;
    const page = this.pages.of(request, response, problem, isUnmatched && problem.code === 'NOT_FOUND');
    if (page !== undefined) {
      httpAdapter.reply(response, page, problem.status);
      return;
    }
    httpAdapter.setHeader(response, 'Content-Type', `${PROBLEM_MEDIA_TYPE}; charset=utf-8`);
    httpAdapter.setHeader(response, 'Cache-Control', 'no-store');
    httpAdapter.reply(response, problem, problem.status);
  }

  /** Of a call that is not HTTP's. */
  private understood(thrown: unknown, kind: string): LatchkeyError {
    const call = { method: kind, url: 'call', headers: {} };
    if (!isForeign(thrown)) return this.toLatchkeyError(thrown, call);
    const code = statusOf(thrown) === 409 ? 'CONFLICT' : 'VALIDATION_FAILED';
    return new LatchkeyError(code, genericProblemDetails(statusOf(thrown)).detail);
  }

  private toLatchkeyError(thrown: unknown, request: HttpRequest): LatchkeyError {
    this.refusedWrites.note(thrown);
    if (thrown instanceof LatchkeyError || isUnavailableAfterCommit(thrown)) {
      const known = thrown instanceof LatchkeyError ? thrown : thrown.cause;
      if (known.code === 'UNAVAILABLE')
        this.logger[known.told ? 'debug' : 'warn'](lineOf(503, request, thrown));
      return known;
    }
    if (isMalformedJson(thrown)) return new LatchkeyError('MALFORMED_JSON', 'The body is not valid JSON.');
    const framework = FRAMEWORK_CODES[isRefusedPath(thrown) ? 404 : statusOf(thrown)];
    if (framework) return new LatchkeyError(framework[0], framework[1]);
    if (isStoreFailure(thrown)) {
      this.logger.error(lineOf(503, request, thrown));
      return new UnavailableError();
    }
    this.logger.error(
      lineOf(500, request, thrown),
      thrown instanceof Error ? withoutParameters(thrown.stack ?? '') : undefined,
    );
    return new LatchkeyError('INTERNAL', 'Something went wrong on our side.');
  }
}

/** Any other code of what follows a commit would say that nothing was written. */
function isUnavailableAfterCommit(error: unknown): error is { readonly cause: LatchkeyError } {
  const { cause } = error instanceof AfterCommitError ? error : {};
  return cause instanceof LatchkeyError && cause.code === 'UNAVAILABLE';
}

/** Fastify's file server refuses a path that leaves its folder; who refuses in Nest does so with ForbiddenException. */
function isRefusedPath(error: unknown): boolean {
  const refused = error instanceof Error && error.message === 'Forbidden' && statusOf(error) === 403;
  return refused && !(error instanceof ForbiddenException);
}

/** With the id that the client was told, where it was told one. */
function lineOf(status: number, request: HttpRequest, thrown: unknown): string | object {
  const message = `${status} ${request.method} ${routeOf(request)}: ${describe(thrown)}`;
  return logEntry(message, clientInfoOf(request));
}

/** An error's message and its causes', without the SQL parameters that Drizzle puts in (they may be secrets). */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = withoutParameters(error.message);
  return error.cause instanceof Error ? `${message} (${describe(error.cause)})` : message;
}

/** A client's error that none of our codes means; a team's own. */
function isForeign(error: unknown): boolean {
  const status = statusOf(error);
  return error instanceof HttpException && status >= 400 && status < 500 && !(status in FRAMEWORK_CODES);
}

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown; status?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : 0;
}

function isMalformedJson(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, type } = error as Error & { code?: unknown; type?: unknown };
  const cause = error instanceof HttpException ? error.cause : undefined;
  return (
    code === 'FST_ERR_CTP_INVALID_JSON_BODY' ||
    type === 'entity.parse.failed' ||
    (error instanceof SyntaxError && statusOf(error) === 400) ||
    (cause !== undefined && isMalformedJson(cause))
  );
}

/** Nest answers an address or method that no route matches with this exception, before any controller runs. */
function isUnmatchedRoute(error: unknown, { method, url }: HttpRequest): boolean {
  return error instanceof HttpException && error.message === `Cannot ${method} ${url}`;
}
