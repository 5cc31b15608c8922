import { describe, expect, it } from '@jest/globals';
import { DURATION_BUCKETS, RequestTallies } from './request-tallies.js';

describe('RequestTallies', () => {
  it('count by route, method and status, and durations up to and including each bound', () => {
    const tallies = new RequestTallies();
    tallies.add('/a', 'GET', 200, 0.001);
    tallies.add('/a', 'GET', 200, 0.0011);
    tallies.add('/a', 'GET', 404, 11);
    tallies.add('/a', 'POST', 200, 0);
    const [get, post] = tallies.all;
    expect([...(get?.statuses ?? [])]).toEqual([
      [200, 2],
      [404, 1],
    ]);
    const { durations = new Float64Array(), count, sum } = get ?? {};
    expect([durations[0], durations[1], durations[DURATION_BUCKETS.length]]).toEqual([1, 1, 1]);
    expect([count, sum, post?.count]).toEqual([3, expect.closeTo(11.0021), 1]);
  });

  it('take unusual methods for one', () => {
    const tallies = new RequestTallies();
    for (const method of ['PROPFIND', 'TRACE', 'M-SEARCH']) tallies.add('/a', method, 404, 0);
    expect(tallies.all.map(({ method, count }) => [method, count])).toEqual([['OTHER', 3]]);
  });
});
