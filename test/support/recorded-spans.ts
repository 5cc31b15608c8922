import { context, propagation, SpanKind, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';

/** An SDK in this process, whose spans stay in memory: as an application starts one of its own. */
export class RecordedSpans {
  private readonly exporter = new InMemorySpanExporter();
  private readonly provider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(this.exporter)],
  });

  /** Registers it for the process. */
  constructor() {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    trace.setGlobalTracerProvider(this.provider);
  }

  get all(): ReadableSpan[] {
    return this.exporter.getFinishedSpans();
  }

  named(name: string): ReadableSpan[] {
    return this.all.filter((span) => span.name === name);
  }

  /** What was done within, in the order in which it ended. */
  childrenOf(span: ReadableSpan): ReadableSpan[] {
    const { spanId } = span.spanContext();
    return this.all.filter(({ parentSpanContext }) => parentSpanContext?.spanId === spanId);
  }

  /** All of its trace. */
  of(span: ReadableSpan): ReadableSpan[] {
    const { traceId } = span.spanContext();
    return this.all.filter((other) => other.spanContext().traceId === traceId);
  }

  forget(): void {
    this.exporter.reset();
  }

  /** Registered no more. */
  async end(): Promise<void> {
    trace.disable();
    context.disable();
    propagation.disable();
    await this.provider.shutdown();
  }
}

export const kindOf = ({ kind }: ReadableSpan): string | undefined => SpanKind[kind];

/** All that a span says, but for its ids and times. */
export function told({ name, attributes, events, links, status, resource }: ReadableSpan): string {
  return JSON.stringify([name, attributes, events, links, status, resource.attributes]);
}
