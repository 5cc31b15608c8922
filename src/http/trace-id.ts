/** `traceparent` of version 00 (W3C Trace Context section 3.2). */
const TRACE_PARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;
const ZEROS = /^0+$/;

/** @returns the trace that the request belongs to; undefined if it does not say so to the letter */
export function traceIdOf(header: string | string[] | undefined): string | undefined {
  const [, traceId = '', parentId = ''] = typeof header === 'string' ? (TRACE_PARENT.exec(header) ?? []) : [];
  return ZEROS.test(traceId) || ZEROS.test(parentId) || traceId === '' ? undefined : traceId;
}
