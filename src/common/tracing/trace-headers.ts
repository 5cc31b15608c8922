import type { Span } from '@opentelemetry/api';
import { activeSpan } from './tracing.js';

const ZEROS = /^0+$/;
const SAMPLED = 1;

/** The headers by which what is called goes on with a span's trace (W3C Trace Context). @returns undefined if it is of none */
export function traceHeadersOf(span: Span | undefined): Record<string, string> | undefined {
  if (!span) return undefined;
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  if (ZEROS.test(traceId)) return undefined;
  const state = traceState?.serialize();
  const sampled = (traceFlags & SAMPLED) === SAMPLED ? '01' : '00';
  return {
    traceparent: `00-${traceId}-${spanId}-${sampled}`,
    ...(state !== undefined && state !== '' && { tracestate: state }),
  };
}

/** Of the span that what runs here is a part of. */
export function activeTraceHeaders(): Record<string, string> | undefined {
  return traceHeadersOf(activeSpan());
}
