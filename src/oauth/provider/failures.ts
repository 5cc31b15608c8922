import type { ServerResponse } from 'node:http';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { AfterCommitError } from '../../common/after-commit.js';
import { LatchkeyError, UnavailableError } from '../../common/errors/latchkey-error.js';
import { isStoreFailure } from '../../common/errors/store-failure.js';

/** An answer in the protocol's words (RFC 6749 section 5.2). */
interface ErrorBody {
  readonly error: string;
  readonly error_description: string;
}

const FAILED: ErrorBody = { error: 'server_error', error_description: 'something went wrong on our side' };
const UNAVAILABLE: ErrorBody = {
  error: 'temporarily_unavailable',
  error_description: 'a store that must answer does not; try again in some seconds',
};

/** Whether it says that a store does not answer: then a request is neither refused nor answered as if nothing were there. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof AfterCommitError) return isUnavailable(error.cause);
  return error instanceof LatchkeyError ? error.code === 'UNAVAILABLE' : isStoreFailure(error);
}

/** What a client is told of an error that is none of the protocol's own. */
export function failureBody(error: unknown): ErrorBody {
  return isUnavailable(error) ? UNAVAILABLE : FAILED;
}

/** In place of the library's 500: 503 with `Retry-After` where a store does not answer. */
export function answerFailure(context: KoaContextWithOIDC, error: unknown): void {
  if (isUnavailable(error)) {
    context.status = 503;
    context.set('Retry-After', retryAfter(error));
  }
  context.body = failureBody(error);
}

/** Of a request that the library has not seen, or not answered. */
export function endFailed(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const headers = {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
    ...(isUnavailable(error) && { 'Retry-After': retryAfter(error) }),
  };
  response.writeHead(isUnavailable(error) ? 503 : 500, headers).end(JSON.stringify(failureBody(error)));
}

function retryAfter(error: unknown): string {
  const { retryAfterSeconds } = error instanceof LatchkeyError ? error : new UnavailableError();
  return String(retryAfterSeconds);
}
