import type { ModuleRef } from '@nestjs/core';
import { AuthEvents } from '../../audit/events/auth-events.js';
import { Readiness } from '../../health/readiness.js';
import type { RequestTallies } from '../request-tallies.js';
import { addBuildMetrics } from './build-metrics.js';
import { countEvents } from './event-metrics.js';
import type { MetricsRegistry } from './metrics-registry.js';
import { addRequestMetrics } from './request-metrics.js';
import { addReadiness } from './readiness-metrics.js';
import { StateMetrics } from './state-metrics.js';

/** Adds all metrics that are not counted by measurements. */
export async function addMetrics(
  metrics: MetricsRegistry,
  tallies: RequestTallies,
  moduleRef: ModuleRef,
): Promise<void> {
  addBuildMetrics(metrics);
  addRequestMetrics(metrics, tallies);
  countEvents(metrics, moduleRef.get(AuthEvents, { strict: false }));
  const state = await moduleRef.create(StateMetrics);
  state.addTo(metrics);
  // After the pool, which it uses.
  addReadiness(metrics, moduleRef.get(Readiness, { strict: false }));
}
