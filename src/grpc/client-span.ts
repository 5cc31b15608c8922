import { status, type StatusObject } from '@grpc/grpc-js';
import { traceHeadersOf } from '../common/tracing/trace-headers.js';
import { tracingWithinSpan } from '../common/tracing/tracing.js';

/** A call of gRPC that this service makes. */
export interface ClientSpan {
  /** By which what is called goes on with it. */
  readonly headers: Record<string, string>;
  end(how: Pick<StatusObject, 'code'>): void;
}

/**
 * Begins a span for a call, as the semantic conventions for RPC have it.
 * @param path `/package.Service/Method`
 * @returns undefined where what makes it is not traced: the trace that the caller named is gone on with as it is
 */
export function beginClientSpan(path: string): ClientSpan | undefined {
  const traced = tracingWithinSpan();
  if (!traced) return undefined;
  const { api, tracer } = traced;
  const method = path.replace(/^\//, '');
  const attributes = { 'rpc.system.name': 'grpc', 'rpc.method': method };
  const span = tracer.startSpan(method, { kind: api.SpanKind.CLIENT, attributes });
  return {
    headers: traceHeadersOf(span) ?? {},
    end: ({ code }) => {
      const name = status[code];
      span.setAttribute('rpc.response.status_code', name);
      if (code !== status.OK) {
        span.setAttribute('error.type', name);
        span.setStatus({ code: api.SpanStatusCode.ERROR });
      }
      span.end();
    },
  };
}
