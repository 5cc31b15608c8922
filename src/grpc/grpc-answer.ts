import type { ArgumentsHost } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';
import { type Observable, of, throwError } from 'rxjs';
import type { LatchkeyError } from '../common/errors/latchkey-error.js';
import { isPassedCall, type PassedCall } from './grpc-call.js';
import { grpcRefusal } from './grpc-refusal.js';

/** What a filter gives back to Nest for an error. */
export function grpcAnswer(
  thrown: unknown,
  understood: () => LatchkeyError,
  host: ArgumentsHost,
): Observable<unknown> {
  const status = thrown instanceof RpcException ? statusOf(thrown) : grpcRefusal(understood());
  const [data, callback] = host.getArgs<[unknown, unknown]>();
  if (!isPassedCall(data)) return throwError(() => status);
  // Nest lets an error of such a handler end the process as an unhandled rejection: the call is ended here.
  endPassed(data, callback, status);
  return of(undefined);
}

/** Ends a call that the handler is given itself. @param callback of one that only reads, which is answered once */
export function endPassed(call: PassedCall, callback: unknown, status: object): void {
  const error = Object.assign(new Error('The call was ended.'), status);
  if (typeof callback === 'function') (callback as (error: Error) => void)(error);
  else call.emit('error', error);
}

function statusOf(exception: RpcException): object {
  const error = exception.getError();
  return typeof error === 'object' ? error : { message: error };
}
