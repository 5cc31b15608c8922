import { constants } from 'node:http2';

/** How long a client has to read its status. Milliseconds. */
const GRACE = 250;

/** What of a call is reached for, down to its stream of HTTP/2: grpc-js has no public way to reset that. */
interface Layer {
  readonly call?: unknown;
  /** Of one with interceptors. */
  readonly nextCall?: unknown;
  readonly stream?: { close?(code: number): void };
}

interface EndingCall extends Layer {
  once(event: 'cancelled', listener: () => void): unknown;
  push?(message: unknown): boolean;
  read?(): unknown;
}

/**
 * For a call that is about to be given its status. From now on its handler gets no further message; where a client does not read what
 * was sent before, the status would wait for it without an end, and the stream is reset (CANCELLED).
 */
export function closeUnlessEnded(call: unknown): void {
  if (!isEndingCall(call)) return;
  if (call.read) Object.assign(call, { push: () => false, read: () => null });
  const timer = setTimeout(() => streamBelow(call)?.close?.(constants.NGHTTP2_CANCEL), GRACE).unref();
  // Of grpc-js, whichever way a call has ended: its status was sent, or its stream is closed.
  call.once('cancelled', () => clearTimeout(timer));
}

function streamBelow(layer: Layer | undefined): Layer['stream'] {
  if (layer === undefined || layer.stream) return layer?.stream;
  return streamBelow((layer.call ?? layer.nextCall) as Layer | undefined);
}

function isEndingCall(value: unknown): value is EndingCall {
  return typeof (value as Partial<EndingCall> | undefined)?.once === 'function';
}
