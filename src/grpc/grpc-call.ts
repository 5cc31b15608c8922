import type { ArgumentsHost } from '@nestjs/common';

/** What of the metadata of a call is read. Not the class: an application may have another copy of the package. */
export interface CallMetadata {
  get(key: string): readonly unknown[];
}

/** A call that a handler with `@GrpcStreamCall()` is given itself. */
export interface PassedCall {
  readonly metadata: CallMetadata;
  on(event: string, listener: () => void): unknown;
  emit(event: 'error', error: Error): unknown;
}

/** @returns the metadata that the client sent; undefined: the call is none of gRPC */
export function metadataOf(context: ArgumentsHost): CallMetadata | undefined {
  const [data, metadata] = context.getArgs<[unknown, unknown]>();
  if (isMetadata(metadata)) return metadata;
  return isPassedCall(data) ? data.metadata : undefined;
}

/** @returns the argument of a handler that is the call's alone */
export function carrierOf(context: ArgumentsHost): object {
  const [data, metadata] = context.getArgs<[unknown, unknown]>();
  if (isPassedCall(data)) return data;
  return isMetadata(metadata) ? metadata : context;
}

/** @returns `/package.Service/Method` */
export function pathOf(context: ArgumentsHost): string | undefined {
  const [data, , call] = context.getArgs<[unknown, unknown, unknown]>();
  for (const one of [call, data]) {
    const { getPath } = (one ?? {}) as { readonly getPath?: unknown };
    if (typeof getPath === 'function') return String(getPath.call(one));
  }
  return undefined;
}

/** @returns the values of a key that are text */
export function textsOf(metadata: CallMetadata, key: string): string[] {
  return metadata.get(key).filter((value): value is string => typeof value === 'string');
}

/** Whether the handler is given the call itself, in place of messages. */
export function isPassedCall(value: unknown): value is PassedCall {
  const { metadata, on } = (value ?? {}) as Partial<Record<keyof PassedCall, unknown>>;
  return isMetadata(metadata) && typeof on === 'function';
}

function isMetadata(value: unknown): value is CallMetadata {
  const { get, getMap } = (value ?? {}) as { readonly get?: unknown; readonly getMap?: unknown };
  return typeof get === 'function' && typeof getMap === 'function';
}
