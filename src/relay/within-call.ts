import { isObservable, Observable } from 'rxjs';

/** Runs something within a call under way. */
export type Within = <T>(work: () => T) => T;

/** A call that a handler of gRPC with `@GrpcStreamCall()` is given itself. */
interface Emitter {
  emit(event: string, ...values: unknown[]): boolean;
}

/** What a handler is given and hears of later, so that it hears of it within the call: in place, in the list of its arguments. */
export function bindArguments(args: unknown[], within: Within): void {
  const [first] = args;
  if (isObservable(first)) args[0] = boundMessages(first, within);
  else if (isEmitter(first)) bindEvents(first, within);
}

/** What a handler gives, whose work goes on while others wait for it: events of a subscription. */
export function boundEvents(value: unknown, within: Within): unknown {
  if (!isAsyncIterable(value)) return value;
  const events = within(() => value[Symbol.asyncIterator]());
  const bound: AsyncIterableIterator<unknown> = {
    [Symbol.asyncIterator]: () => bound,
    next: () => within(() => events.next()),
    ...(events.return && { return: () => within(() => events.return?.() ?? DONE) }),
    ...(events.throw && { throw: (error: unknown) => within(() => events.throw?.(error) ?? DONE) }),
  };
  return bound;
}

const DONE = Promise.resolve({ done: true as const, value: undefined });

function boundMessages(messages: Observable<unknown>, within: Within): Observable<unknown> {
  return new Observable((subscriber) =>
    messages.subscribe({
      next: (message) => within(() => subscriber.next(message)),
      error: (error: unknown) => within(() => subscriber.error(error)),
      complete: () => within(() => subscriber.complete()),
    }),
  );
}

function bindEvents(emitter: Emitter, within: Within): void {
  const emit = emitter.emit.bind(emitter);
  Object.assign(emitter, {
    emit: (event: string, ...values: unknown[]) => within(() => emit(event, ...values)),
  });
}

function isEmitter(value: unknown): value is Emitter {
  const { emit, on } = (value ?? {}) as { readonly emit?: unknown; readonly on?: unknown };
  return typeof emit === 'function' && typeof on === 'function';
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
