import type { Attributes, Link, Span, SpanKind } from '@opentelemetry/api';
import type { Tracing } from './tracing.js';

/** A span to be. Neither its name nor its attributes hold what a person or a secret could be known by. */
export interface SpanOptions {
  readonly kind: keyof typeof SpanKind;
  readonly attributes?: Attributes;
  readonly links?: Link[];
}

/** Does work within a span of its own, which ends with it, and fails with it. */
export async function inSpan<T>(
  { api, tracer }: Tracing,
  name: string,
  { kind, ...options }: SpanOptions,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const span = tracer.startSpan(name, { ...options, kind: api.SpanKind[kind] });
  try {
    return await api.context.with(api.trace.setSpan(api.context.active(), span), work, undefined, span);
  } catch (error) {
    span.setStatus({ code: api.SpanStatusCode.ERROR });
    span.setAttribute('error.type', errorTypeOf(error));
    throw error;
  } finally {
    span.end();
  }
}

/** Its code, that of what brought it about, or the name of its class. Never its message, which may tell values. */
function errorTypeOf(error: unknown): string {
  const { code, cause, name } = (error ?? {}) as {
    readonly code?: unknown;
    readonly cause?: { readonly code?: unknown };
    readonly name?: unknown;
  };
  return [code, cause?.code, name].find((known): known is string => typeof known === 'string') ?? '_OTHER';
}
