import { constants } from 'node:http2';
import { Logger } from '@nestjs/common';

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
 * was sent before, the status would wait for it without an end, and the stream is reset (CANCELLED). With a grpc-js that has its
 * stream elsewhere that is logged as an error, once, and the call ends when the client reads its status, or leaves.
 */
export function closeUnlessEnded(call: unknown): void {
  if (!isEndingCall(call)) return;
  if (call.read) Object.assign(call, { push: () => false, read: () => null });
  const timer = setTimeout(() => reset(call), GRACE).unref();
  // Of grpc-js, whichever way a call has ended: its status was sent, or its stream is closed.
  call.once('cancelled', () => clearTimeout(timer));
}

function reset(call: Layer): void {
  const stream = streamBelow(call);
  if (typeof stream?.close === 'function') stream.close(constants.NGHTTP2_CANCEL);
  else complain();
}

let complained = false;

function complain(): void {
  if (complained) return;
  complained = true;
  new Logger('Access').error(
    'Calls of gRPC whose clients do not read cannot be reset: this version of @grpc/grpc-js is not known. ' +
      'They get no further messages, but stay until the client reads or leaves.',
  );
}

function streamBelow(layer: Layer | undefined): Layer['stream'] {
  if (typeof layer !== 'object' || layer === null || layer.stream) return layer?.stream;
  return streamBelow((layer.call ?? layer.nextCall) as Layer | undefined);
}

function isEndingCall(value: unknown): value is EndingCall {
  return typeof (value as Partial<EndingCall> | undefined)?.once === 'function';
}
