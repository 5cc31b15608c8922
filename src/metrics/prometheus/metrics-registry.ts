import { collectDefaultMetrics, type MetricObjectWithValues, type MetricValue, Registry } from 'prom-client';
import type { MetricsOptions } from '../metrics-options.js';

/** The metrics of a process, as one that merges several takes them. */
export type MetricObjects = MetricObjectWithValues<MetricValue<string>>[];

/** Of the process and of Node, measured once, however many applications there are in it. */
let ofProcess: Registry | undefined;

/** Where all metrics are. */
export class MetricsRegistry {
  private constructor(
    /** Of this application. */
    readonly registry: Registry,
    private readonly others: readonly Registry[],
  ) {}

  /** In a registry of the application's own, metrics of the process and of Node are there already, or are left out. */
  static of({ registry }: MetricsOptions): MetricsRegistry {
    return registry
      ? new MetricsRegistry(registry, [])
      : new MetricsRegistry(new Registry(), [processRegistry()]);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  async text(): Promise<string> {
    const parts = await Promise.all(this.all.map((registry) => registry.metrics()));
    return parts.join('\n');
  }

  async objects(): Promise<MetricObjects> {
    const parts = await Promise.all(this.all.map((registry) => registry.getMetricsAsJSON()));
    return parts.flat();
  }

  private get all(): readonly Registry[] {
    return [this.registry, ...this.others];
  }
}

function processRegistry(): Registry {
  if (ofProcess) return ofProcess;
  ofProcess = new Registry();
  collectDefaultMetrics({ register: ofProcess });
  return ofProcess;
}
