/** Upper bounds of the durations that are counted together; seconds. */
export const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** The requests of one route by one method. */
export interface RequestTally {
  readonly route: string;
  readonly method: string;
  /** How many were answered so, by status. */
  readonly statuses: Map<number, number>;
  /** How many took no longer than each bound of `DURATION_BUCKETS` and longer than the one before; the last: longer than all. */
  readonly durations: Float64Array;
  /** Seconds. */
  sum: number;
  count: number;
}

/**
 * Counts requests in plain numbers, of which metrics are made when they are read: one that is answered costs a few look-ups. There are as
 * many tallies as routes, since what callers choose (addresses, unusual methods) is none of them.
 */
export class RequestTallies {
  private readonly byRoute = new Map<string, Map<string, RequestTally>>();

  /** @param seconds that the answer took */
  add(route: string, method: string, status: number, seconds: number): void {
    const tally = this.of(route, METHODS.has(method) ? method : 'OTHER');
    tally.statuses.set(status, (tally.statuses.get(status) ?? 0) + 1);
    const bucket = bucketOf(seconds);
    tally.durations[bucket] = (tally.durations[bucket] ?? 0) + 1;
    tally.sum += seconds;
    tally.count += 1;
  }

  get all(): readonly RequestTally[] {
    const all: RequestTally[] = [];
    for (const methods of this.byRoute.values()) all.push(...methods.values());
    return all;
  }

  private of(route: string, method: string): RequestTally {
    const methods = this.byRoute.get(route) ?? new Map<string, RequestTally>();
    if (methods.size === 0) this.byRoute.set(route, methods);
    let tally = methods.get(method);
    if (!tally) {
      const durations = new Float64Array(DURATION_BUCKETS.length + 1);
      methods.set(method, (tally = { route, method, statuses: new Map(), durations, sum: 0, count: 0 }));
    }
    return tally;
  }
}

function bucketOf(seconds: number): number {
  let bucket = 0;
  while (bucket < DURATION_BUCKETS.length && seconds > (DURATION_BUCKETS[bucket] ?? Infinity)) bucket += 1;
  return bucket;
}
