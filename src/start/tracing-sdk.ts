import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@nestjs/common';
import { context, diag, DiagLogLevel, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { packageVersion } from '../common/package-version.js';
import type { TracingSettings } from '../config/tracing-settings.js';
import { ReportingExporter } from './reporting-exporter.js';

/** Sends what is left, and ends. Bounded in time. */
export type StopTracing = () => Promise<void>;

/** How long a stop waits for what is left to be sent. Milliseconds. */
const DRAIN = 1_000;

/**
 * Registers the SDK for the process. It reads the rest of its variables itself (sampler, limits, batches, headers, certificates); what
 * it does not understand of them it says, and leaves at the default.
 */
export function startTracingSdk({ protocol, endpoint }: TracingSettings, logger: Logger): StopTracing {
  const warn = (message: string): void => logger.warn(message);
  diag.setLogger(
    { error: warn, warn, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  // Of an export that fails, which the exporter reports.
  setGlobalErrorHandler(ignore);
  const exporter = new ReportingExporter(
    protocol === 'http/json' ? new JsonExporter() : new ProtobufExporter(),
    endpoint,
    logger,
  );
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(
        resourceFromAttributes({
          'service.name': 'latchkey',
          'service.version': packageVersion(),
          'service.instance.id': randomUUID(),
        }),
      )
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  logger.log(`Spans are sent to ${endpoint}.`);
  return async () => {
    await Promise.race([provider.shutdown(), sleep(DRAIN, undefined, { ref: false })]).catch(ignore);
  };
}

function ignore(): void {}
