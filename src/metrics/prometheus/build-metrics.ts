import { Gauge } from 'prom-client';
import { packageVersion } from '../../common/package-version.js';
import type { MetricsRegistry } from './metrics-registry.js';

/** Adds what runs, and in how many processes. */
export function addBuildMetrics({ registry }: MetricsRegistry): void {
  const registers = [registry];
  new Gauge({
    name: 'latchkey_build_info',
    help: 'Always 1: the versions of Latchkey and of Node.',
    labelNames: ['version', 'node'],
    registers,
    aggregator: 'max',
  }).set({ version: packageVersion(), node: process.versions.node }, 1);
  new Gauge({
    name: 'latchkey_processes',
    help: 'Processes that these metrics are of: 1, or with WORKERS those that answered in time.',
    registers,
  }).set(1);
}
