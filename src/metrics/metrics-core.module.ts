import { type DynamicModule, Module } from '@nestjs/common';
import type { MetricsOptions } from './metrics-options.js';
import type { MetricsRegistry } from './prometheus/metrics-registry.js';

/** The `MetricsRegistry`. A symbol, so that `prom-client` is loaded only where something is counted. */
export const METRICS_REGISTRY = Symbol('MetricsRegistry');
/** The `Measurements` that count in it. */
export const COUNTED_MEASUREMENTS = Symbol('CountedMeasurements');

/** What is counted into: knows no other part, so that all may tell it. */
@Module({})
export class MetricsCoreModule {
  static forRoot(options: MetricsOptions): DynamicModule {
    return {
      module: MetricsCoreModule,
      global: true,
      providers: [
        {
          provide: METRICS_REGISTRY,
          useFactory: async () => {
            const registries = await import('./prometheus/metrics-registry.js');
            return registries.MetricsRegistry.of(options);
          },
        },
        {
          provide: COUNTED_MEASUREMENTS,
          inject: [METRICS_REGISTRY],
          useFactory: async (registry: MetricsRegistry) => {
            const { PrometheusMeasurements } = await import('./prometheus/prometheus-measurements.js');
            return new PrometheusMeasurements(registry);
          },
        },
      ],
      exports: [METRICS_REGISTRY, COUNTED_MEASUREMENTS],
    };
  }
}
