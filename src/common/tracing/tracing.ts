import type { Span, Tracer, TracerProvider } from '@opentelemetry/api';
import { packageVersion } from '../package-version.js';

type Api = typeof import('@opentelemetry/api');

/** What spans are made with, where they are wanted. */
export interface Tracing {
  readonly api: Api;
  readonly tracer: Tracer;
}

/** Under which each copy of the API, whatever its minor version, finds what an SDK has registered for the process. */
const REGISTERED = Symbol.for('opentelemetry.js.api.1');
/** The instrumentation scope. */
const SCOPE = 'latchkey';

/** One for the process, as what an SDK registers is. Undefined until something traces: all there is to look at then. */
let api: Api | undefined;
let version: string | undefined;

/** Loads the OpenTelemetry API, if an SDK has registered a tracer provider. To be called when an application starts. */
export async function lookForTracing(): Promise<void> {
  const registered = (globalThis as { readonly [REGISTERED]?: { readonly trace?: unknown } })[REGISTERED];
  if (registered?.trace !== undefined) api ??= await import('@opentelemetry/api');
}

/** @returns undefined where nothing traces */
export function tracing(): Tracing | undefined {
  if (api === undefined) return undefined;
  const tracer = tracerOf(api.trace.getTracerProvider());
  return tracer && { api, tracer };
}

/** For what is told only as a part of something, e.g. a statement: background work would fill a trace with each look at a table. */
export function tracingWithinSpan(): Tracing | undefined {
  return activeSpan() && tracing();
}

/** @returns the span that what runs here is a part of */
export function activeSpan(): Span | undefined {
  return api?.trace.getActiveSpan();
}

/** For work that outlives what began it: timers that go on, what many share. Their spans would be added to one trace for good. */
export function outsideSpans<T>(work: () => T): T {
  return api === undefined ? work() : api.context.with(api.ROOT_CONTEXT, work);
}

/** A provider that stands for the one that is registered, or for one to come. */
interface StandIn {
  getDelegateTracer?(name: string, version: string): Tracer | undefined;
}

/** @returns undefined while the one to come has not */
function tracerOf(provider: TracerProvider & StandIn): Tracer | undefined {
  version ??= packageVersion();
  return provider.getDelegateTracer
    ? provider.getDelegateTracer(SCOPE, version)
    : provider.getTracer(SCOPE, version);
}
