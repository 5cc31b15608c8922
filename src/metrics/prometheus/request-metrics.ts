import { Counter, Histogram, type MetricObjectWithValues, type MetricValueWithName } from 'prom-client';
import type { MetricsRegistry } from './metrics-registry.js';
import { DURATION_BUCKETS, type RequestTallies } from '../request-tallies.js';

const REQUESTS = {
  name: 'latchkey_http_requests_total',
  help: 'Requests that were answered, by route template, method and status. What no route matched is one route.',
};
const DURATIONS = {
  name: 'latchkey_http_request_duration_seconds',
  help: 'From a request to its last byte, by route template and method.',
};
const LABELS = ['route', 'method'] as const;

type Label = (typeof LABELS)[number] | 'le';
type Values = MetricObjectWithValues<MetricValueWithName<Label>>;

/** Adds metrics that are read from the tallies. */
export function addRequestMetrics({ registry }: MetricsRegistry, tallies: RequestTallies): void {
  registry.registerMetric(requestCounter(tallies));
  registry.registerMetric(new DurationsHistogram(tallies));
}

function requestCounter(tallies: RequestTallies): Counter<'route' | 'method' | 'status'> {
  return new Counter({
    ...REQUESTS,
    labelNames: [...LABELS, 'status'],
    registers: [],
    collect() {
      this.reset();
      for (const { route, method, statuses } of tallies.all)
        for (const [status, count] of statuses) this.inc({ route, method, status }, count);
    },
  });
}

/** One of which all values are counted elsewhere. */
class DurationsHistogram extends Histogram<Label> {
  /** What is said beside the values. */
  private readonly empty = new Histogram({ ...DURATIONS, registers: [] });

  constructor(private readonly tallies: RequestTallies) {
    super({ ...DURATIONS, labelNames: LABELS, buckets: DURATION_BUCKETS, registers: [] });
  }

  override async get(): Promise<Values> {
    return { ...(await this.empty.get()), values: this.values() };
  }

  /** What the text is made of; by default without copies of the labels. */
  getForPromString(): Promise<Values> {
    return this.get();
  }

  private values(): MetricValueWithName<Label>[] {
    return this.tallies.all.flatMap(({ route, method, durations, sum, count }) => {
      let below = 0;
      const buckets = [...durations].map((here, place) => {
        below += here;
        const le = DURATION_BUCKETS[place] ?? '+Inf';
        return { metricName: `${DURATIONS.name}_bucket`, labels: { le, route, method }, value: below };
      });
      return [
        ...buckets,
        { metricName: `${DURATIONS.name}_sum`, labels: { route, method }, value: sum },
        { metricName: `${DURATIONS.name}_count`, labels: { route, method }, value: count },
      ];
    });
  }
}
