import { Metadata } from '@grpc/grpc-js';
import { RpcException } from '@nestjs/microservices';
import type { ErrorCode } from '../common/errors/error-code.js';
import type { LatchkeyError } from '../common/errors/latchkey-error.js';
import { PROBLEMS } from '../common/problem-details/problem-details.js';
import { errorInfoStatus } from './error-info-status.js';

/** Trailing metadata that names the stable code. */
const CODE_KEY = 'latchkey-code';
/** Of `google.rpc`: read by the libraries of most languages. */
const DETAILS_KEY = 'grpc-status-details-bin';
/** Seconds, as in HTTP. */
const RETRY_KEY = 'retry-after';
const NONCE_KEY = 'dpop-nonce';

const INTERNAL = 13;
/** Statuses of gRPC, by those of HTTP, as google.rpc.Code pairs them. */
const STATUSES: Readonly<Record<number, number>> = {
  400: 3, // INVALID_ARGUMENT
  401: 16, // UNAUTHENTICATED
  403: 7, // PERMISSION_DENIED
  404: 5, // NOT_FOUND
  405: 12, // UNIMPLEMENTED
  408: 4, // DEADLINE_EXCEEDED
  409: 10, // ABORTED
  413: 8, // RESOURCE_EXHAUSTED
  415: 3,
  429: 8,
  431: 8,
  500: INTERNAL,
  503: 14, // UNAVAILABLE
};
const TAKEN: ReadonlySet<ErrorCode> = new Set(['EMAIL_TAKEN', 'FIELD_TAKEN']);
const ALREADY_EXISTS = 6;

/** What a call is ended with: a status, and the stable code for programs. */
export interface GrpcRefusal {
  readonly code: number;
  /** For the client to read. */
  readonly details: string;
  readonly message: string;
  readonly metadata: Metadata;
}

export function grpcRefusal({ code, message, retryAfterSeconds, dpopNonce }: LatchkeyError): GrpcRefusal {
  const status = TAKEN.has(code) ? ALREADY_EXISTS : (STATUSES[PROBLEMS[code].status] ?? INTERNAL);
  const metadata = new Metadata();
  metadata.set(CODE_KEY, code);
  metadata.set(DETAILS_KEY, errorInfoStatus(status, message, code));
  if (retryAfterSeconds !== undefined) metadata.set(RETRY_KEY, String(retryAfterSeconds));
  if (dpopNonce !== undefined) metadata.set(NONCE_KEY, dpopNonce);
  return { code: status, details: message, message, metadata };
}

/** As it is thrown where Nest answers it. */
export class GrpcRefusedException extends RpcException {
  constructor(error: LatchkeyError) {
    super(grpcRefusal(error));
  }
}
