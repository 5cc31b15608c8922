import { Gauge } from 'prom-client';
import type { Readiness } from '../../health/readiness.js';
import type { MetricsRegistry } from './metrics-registry.js';

/** Adds what `/health/ready` checks. */
export function addReadiness({ registry }: MetricsRegistry, readiness: Readiness): void {
  registry.registerMetric(
    new Gauge({
      name: 'latchkey_ready',
      help: 'Checks of /health/ready: 1, or 0 for one that fails.',
      labelNames: ['check'],
      registers: [],
      aggregator: 'min',
      async collect() {
        const { checks } = await readiness.check();
        for (const [check, outcome] of Object.entries(checks))
          this.set({ check }, outcome === 'failed' ? 0 : 1);
      },
    }),
  );
}
