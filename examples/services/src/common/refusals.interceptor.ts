import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { RpcException } from '@nestjs/microservices';
import { type ErrorCode, LatchkeyError } from 'latchkey/resource-server';
import { catchError, type Observable, throwError } from 'rxjs';

const CODES: readonly ErrorCode[] = [
  'TOKEN_MISSING',
  'TOKEN_INVALID',
  'TOKEN_EXPIRED',
  'TOKEN_REVOKED',
  'INSUFFICIENT_ROLE',
  'INSUFFICIENT_SCOPE',
];

/** What the next service refuses is refused here in the same words: as a problem of HTTP, or a status of gRPC. */
export class RefusalsInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const inTheseWords = context.getType() === 'rpc' ? asStatus : asProblem;
    return next
      .handle()
      .pipe(
        catchError((error: unknown) =>
          throwError(() => (isServiceError(error) ? inTheseWords(error) : error)),
        ),
      );
  }
}

function asProblem(error: ServiceError): Error {
  const [named] = error.metadata.get('latchkey-code');
  const code = CODES.find((each) => each === named);
  if (code) return new LatchkeyError(code, error.details);
  if (error.code !== status.UNAVAILABLE) return error;
  return new LatchkeyError('UNAVAILABLE', 'The next service does not answer.', { retryAfterSeconds: 5 });
}

function asStatus({ code, details, metadata }: ServiceError): Error {
  return new RpcException({ code, message: details, metadata });
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'metadata' in error && error.metadata instanceof Metadata;
}
