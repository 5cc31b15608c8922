import type { ErrorCode, ProblemModel } from './api-types.js';

/**
 * What goes wrong before or without an answer of the server:
 * `NETWORK_ERROR` nothing answered; `TIMEOUT` nothing answered in time; `UNEXPECTED_ANSWER` what answered was no problem
 * document and not what was asked for, perhaps a proxy; `BODY_NOT_REPEATABLE` the token had to be renewed and the body, a
 * stream, was used up: send it again; `FOREIGN_ORIGIN` the address is not of `baseUrl`'s origin, and nothing was sent.
 */
export type ClientErrorCode =
  'NETWORK_ERROR' | 'TIMEOUT' | 'UNEXPECTED_ANSWER' | 'BODY_NOT_REPEATABLE' | 'FOREIGN_ORIGIN';

/** A code of the server's own, of this client, or of another API of the same origin. */
export type AnyErrorCode = ErrorCode | ClientErrorCode | (string & Record<never, never>);

/** A problem document (RFC 9457) with a stable `code`. */
export type Problem = ProblemModel;

/** What is known of a failure. */
export interface ErrorDetails {
  readonly status?: number | undefined;
  readonly problem?: Problem | undefined;
  readonly retryAfter?: number | undefined;
  readonly cause?: unknown;
}

/** The only error of this client, but for the reason of a signal that a caller has aborted. */
export class LatchkeyClientError extends Error {
  override readonly name = 'LatchkeyClientError';
  /** What programs compare. */
  readonly code: AnyErrorCode;
  /** Of the answer; undefined if there was none. */
  readonly status: number | undefined;
  /** The answer, if it was a problem document. */
  readonly problem: Problem | undefined;
  /** Seconds to wait before the next try, where the answer says so (429, 503). */
  readonly retryAfter: number | undefined;

  constructor(code: AnyErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.status = details.status;
    this.problem = details.problem;
    this.retryAfter = details.retryAfter;
  }

  /** Of an answer that is not `ok`. Its body is left to be read. */
  static async from(response: Response): Promise<LatchkeyClientError> {
    const problem = await problemOf(response);
    const { status } = response;
    const code = problem?.code ?? 'UNEXPECTED_ANSWER';
    const message = problem?.detail ?? problem?.title ?? `The server answered ${status} without saying why.`;
    return new LatchkeyClientError(code, message, { status, problem, retryAfter: retryAfterOf(response) });
  }
}

/** @returns undefined if the answer is none, or cannot be read any more */
export async function problemOf(response: Response): Promise<Problem | undefined> {
  if (response.bodyUsed || !isJson(response)) return undefined;
  try {
    const body = (await response.clone().json()) as Problem | null;
    return typeof body?.code === 'string' ? body : undefined;
  } catch {
    return undefined;
  }
}

export function isJson({ headers }: Response): boolean {
  return /[/+]json\b/.test(headers.get('content-type') ?? '');
}

/** Given in seconds, or as a date: that is compared with the server's own clock, if it may be read. */
function retryAfterOf({ headers }: Response): number | undefined {
  const given = headers.get('retry-after');
  if (!given) return undefined;
  if (/^\d+$/.test(given)) return Number(given);
  const now = Date.parse(headers.get('date') ?? '') || Date.now();
  const seconds = Math.ceil((Date.parse(given) - now) / 1000);
  return seconds >= 0 ? seconds : undefined;
}
