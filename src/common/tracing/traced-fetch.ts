import type { Span } from '@opentelemetry/api';
import { inSpan } from './in-span.js';
import { traceHeadersOf } from './trace-headers.js';
import type { Tracing } from './tracing.js';

const FAILED_FROM = 400;

/**
 * The global `fetch`; where it is traced, in a span that the service which is called goes on with. It ends with the headers of the
 * answer, and says neither path nor query, which may hold what is secret.
 */
export function tracedFetch(traced: Tracing | undefined, url: URL, init: RequestInit): Promise<Response> {
  if (!traced) return fetch(url, init);
  const method = init.method?.toUpperCase() ?? 'GET';
  const attributes = {
    'http.request.method': method,
    'url.scheme': url.protocol.slice(0, -1),
    'server.address': url.hostname,
    'server.port': Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
  };
  return inSpan(traced, method, { kind: 'CLIENT', attributes }, async (span) => {
    const headers = new Headers(init.headers);
    const own = traceHeadersOf(span);
    if (own) headers.delete('tracestate');
    for (const [name, value] of Object.entries(own ?? {})) headers.set(name, value);
    const response = await fetch(url, { ...init, headers });
    note(traced, span, response.status);
    return response;
  });
}

function note({ api }: Tracing, span: Span, status: number): void {
  span.setAttribute('http.response.status_code', status);
  if (status < FAILED_FROM) return;
  span.setAttribute('error.type', String(status));
  span.setStatus({ code: api.SpanStatusCode.ERROR });
}
