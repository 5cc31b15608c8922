import type { ExecutionContext } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR } from '@nestjs/core';
import { SeveralAuthorizationsError } from '../access/access.errors.js';
import { bearerTokenIn } from '../access/bearer-token.js';
import { type DpopCall, dpopTokenIn } from '../access/proofs/dpop-call.js';
import { bindCaller } from '../access/transports/caller.js';
import type { Transport } from '../access/transports/transport.js';
import { carrierOf, metadataOf, pathOf, textsOf } from './grpc-call.js';
import { GrpcRefusedFilter } from './grpc-refused.filter.js';
import { GrpcRefusedException } from './grpc-refusal.js';
import { GrpcMessageHandlers } from './grpc-message-handlers.js';
import { grpcAnswer } from './grpc-answer.js';
import { OpenGrpcCallsInterceptor } from './open-grpc-calls.interceptor.js';

const PROVIDERS = [
  OpenGrpcCallsInterceptor,
  { provide: APP_INTERCEPTOR, useExisting: OpenGrpcCallsInterceptor },
  { provide: APP_FILTER, useClass: GrpcRefusedFilter },
  GrpcMessageHandlers,
];

/**
 * A transport for the option `transports`: guards and decorators hold for handlers of gRPC, the token comes in the metadata
 * `authorization`, `Bearer <token>`. Refusals are UNAUTHENTICATED, PERMISSION_DENIED or UNAVAILABLE, with the stable code as
 * `latchkey-code` in the trailing metadata and as `google.rpc.ErrorInfo`. A call is ended once its token has expired or was revoked.
 *
 * In an application with HTTP, too, it holds with `app.connectMicroservice(options)` as with `{ inheritAppConfig: true }`, which the
 * application's own global guards, pipes and filters need.
 */
export function grpc(): Transport {
  return {
    type: 'rpc',
    providers: PROVIDERS,
    requestOf: () => undefined,
    tokenOf,
    dpopCallOf,
    headerOf: (context, name) => {
      const metadata = metadataOf(context);
      const values = metadata ? textsOf(metadata, name) : [];
      return values.length > 0 ? values.join(',') : undefined;
    },
    bind: (context, caller) => bindCaller(carrierOf(context), caller),
    refusal: (error) => new GrpcRefusedException(error),
    answer: grpcAnswer,
  };
}

function tokenOf(context: ExecutionContext): string | undefined {
  const authorization = authorizationOf(context);
  return authorization === undefined ? undefined : bearerTokenIn(authorization);
}

/** A call is a POST to the path of its method; the proof comes in the metadata `dpop`. */
function dpopCallOf(context: ExecutionContext): DpopCall | undefined {
  const token = dpopTokenIn(authorizationOf(context) ?? '');
  if (token === undefined) return undefined;
  const metadata = metadataOf(context);
  const [proof, ...others] = metadata ? textsOf(metadata, 'dpop') : [];
  const one = others.length === 0 ? proof : undefined;
  return { token, proof: one, method: 'POST', url: pathOf(context) ?? '', carrier: carrierOf(context) };
}

function authorizationOf(context: ExecutionContext): string | undefined {
  const metadata = metadataOf(context);
  const [authorization, ...others] = metadata ? textsOf(metadata, 'authorization') : [];
  if (others.length > 0) throw new SeveralAuthorizationsError();
  return authorization;
}
