import { Logger } from '@nestjs/common';
import { lookForTracing, tracing } from '../common/tracing/tracing.js';
import { tracingSettings } from '../config/tracing-settings.js';
import type { StopTracing } from './tracing-sdk.js';

/**
 * Traces, if the standard variables of OpenTelemetry ask for it. Its SDK is loaded only then, and only if none has been loaded with the
 * server (`node --import`), which is used in its place.
 */
export async function startTracing(): Promise<StopTracing> {
  const { settings, doubts } = tracingSettings();
  const logger = new Logger('Tracing');
  for (const doubt of doubts) logger.warn(doubt);
  await lookForTracing();
  if (tracing() || !settings) return () => Promise.resolve();
  const { startTracingSdk } = await import('./tracing-sdk.js');
  const stop = startTracingSdk(settings, logger);
  await lookForTracing();
  return stop;
}
