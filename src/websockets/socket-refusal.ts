import type { ExecutionContext } from '@nestjs/common';
import { WsException } from '@nestjs/websockets';
import { LatchkeyError } from '../common/errors/latchkey-error.js';
import { PROBLEMS } from '../common/problem-details/problem-details.js';

/** RFC 6455 section 7.4: 4000 and above are an application's own. */
const CLOSE_CODES: Readonly<Record<number, number>> = {
  401: 4401,
  403: 4403,
  500: 1011, // internal error
  503: 1013, // try again later
};
const POLICY_VIOLATION = 1008;

/** What a client is told: of the event `exception`, and `data` of the `connect_error` of socket.io. */
export interface SocketRefusal {
  readonly status: 'error';
  /** One of `ERROR_CODES`. */
  readonly code: string;
  /** The status that HTTP would have. */
  readonly statusCode: number;
  readonly message: string;
  /** Which message was refused. */
  readonly cause?: { readonly pattern: unknown };
}

export function socketRefusal({ code, message }: LatchkeyError): SocketRefusal {
  return { status: 'error', code, statusCode: PROBLEMS[code].status, message };
}

/** As it is thrown where Nest answers it. */
export function socketException(error: LatchkeyError, context: ExecutionContext): WsException {
  return new WsException({ ...socketRefusal(error), cause: { pattern: context.switchToWs().getPattern() } });
}

/** With what a connection is closed; its reason is the code of the error. */
export function closeCodeOf({ code }: LatchkeyError): number {
  return CLOSE_CODES[PROBLEMS[code].status] ?? POLICY_VIOLATION;
}

/** @returns the error itself where it is ours; one that tells nothing for any other */
export function refusalOf(error: unknown): LatchkeyError {
  if (error instanceof LatchkeyError) return error;
  return new LatchkeyError('INTERNAL', 'Something went wrong on our side.', { cause: error });
}
