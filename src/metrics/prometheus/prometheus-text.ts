import { AggregatorRegistry } from 'prom-client';
import { MetricsText } from '../metrics-text.js';
import type { OtherProcesses } from '../other-processes.js';
import type { MetricsRegistry } from './metrics-registry.js';

/** Adds up what several processes have counted. */
export class PrometheusText extends MetricsText {
  constructor(
    private readonly metrics: MetricsRegistry,
    private readonly others: OtherProcesses,
  ) {
    super();
    others.answerWith(() => metrics.objects());
  }

  get contentType(): string {
    return this.metrics.contentType;
  }

  async read(): Promise<string> {
    const others = await this.others.ask();
    if (others.length === 0) return this.metrics.text();
    return AggregatorRegistry.aggregate([await this.metrics.objects(), ...others]).metrics();
  }
}
