import { describe, expect, it } from '@jest/globals';
import { parseArguments, PARTS } from '../../bench/support/arguments.js';
import { figure } from '../../bench/support/figures.js';
import { plot } from '../../bench/support/plot.js';
import { formatValue, intoDocument, toMarkdown } from '../../bench/support/report.js';
import { interleaved } from '../../bench/support/rounds.js';
import { areaUnderCurve, median, percentile } from '../../bench/support/statistics.js';
import { readWrkOutput } from '../../bench/support/wrk.js';

const REPORT = {
  date: '2026-01-02T03:04:05.000Z',
  machine: { cores: 2, model: 'Some Processor', memoryGiB: 24, node: 'v20.20.2' },
  generator: 'autocannon',
  seconds: 5,
  rounds: 3,
  skipped: [],
};

describe('the benchmark', () => {
  describe('takes the median', () => {
    it.each([
      { of: [3, 1, 2], is: 2 },
      { of: [10, 9, 100], is: 10 },
      { of: [4, 1, 3, 2], is: 2 },
      { of: [7], is: 7 },
    ])('of $of', ({ of, is }) => {
      expect(median(of)).toBe(is);
    });

    it('of nothing as not a number, and any percentile of a hundred values', () => {
      expect(median([])).toBeNaN();
      const values = Array.from({ length: 100 }, (_, index) => 100 - index);
      expect([percentile(values, 50), percentile(values, 99), percentile(values, 100)]).toEqual([
        50, 99, 100,
      ]);
    });

    it('of two lists, as how well a threshold tells them apart', () => {
      expect(areaUnderCurve([3, 4], [1, 2])).toBe(1);
      expect(areaUnderCurve([1, 2], [3, 4])).toBe(0);
      expect(areaUnderCurve([1, 1, 4], [1, 1, 4])).toBe(0.5);
      expect(areaUnderCurve([2, 3], [1, 2])).toBe(0.875);
    });
  });

  describe('sets a figure beside its baseline', () => {
    it('by the median of the ratios of each round, not by the ratio of the medians', () => {
      const made = figure('refresh', 'refresh', 'perSecond', [10, 100, 30], {
        baseline: { name: 'bare', rounds: [20, 400, 40] },
        goal: { atLeast: 0.5 },
      });
      expect(made).toMatchObject({ value: 30, baseline: { value: 40 }, ratio: 0.5, met: true });
    });

    it.each([
      { goal: { atLeast: 0.51 }, met: false },
      { goal: { atLeast: 0.5 }, met: true },
      { goal: { atMost: 0.5 }, met: true },
      { goal: { atMost: 0.49 }, met: false },
    ])('and says of $goal whether it is met: $met', ({ goal, met }) => {
      const baseline = { name: 'bare', rounds: [2] };
      expect(figure('refresh', 'refresh', 'perSecond', [1], { baseline, goal }).met).toBe(met);
    });

    it('or, without one, its value against the goal', () => {
      expect(figure('start-up', 'ready', 'milliseconds', [900], { goal: { atMost: 1000 } }).met).toBe(true);
      expect(figure('start-up', 'ready', 'milliseconds', [1100], { goal: { atMost: 1000 } }).met).toBe(false);
      expect(figure('start-up', 'ready', 'milliseconds', [1100])).not.toHaveProperty('met');
    });
  });

  it('measures the candidates in turns, and counts no round that warms up', async () => {
    const turns: string[] = [];
    const candidate = (name: string) => (seconds: number) => {
      turns.push(name);
      return Promise.resolve(seconds);
    };
    const bench = { rounds: 2, seconds: 5, progress: () => undefined };
    const results = await interleaved(bench, { a: candidate('a'), b: candidate('b') });
    expect(turns).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
    expect([...results]).toEqual([
      ['a', [5, 5]],
      ['b', [5, 5]],
    ]);
  });

  describe('reports', () => {
    const figures = [
      figure('guarded-request', 'guarded request, ES256', 'perSecond', [22_520], {
        baseline: { name: 'a < b', rounds: [754] },
        goal: { atLeast: 15 },
      }),
      figure('start-up', 'ready', 'milliseconds', [3171.4], { goal: { atMost: 3000 } }),
    ];

    it('a table without padding, with the machine above and what was left out below', () => {
      const markdown = toMarkdown({ ...REPORT, figures, skipped: ['refresh on Redis: no server'] });
      expect(markdown.split('\n')).toEqual([
        '2026-01-02, Some Processor, 2 cores shared by servers, databases and the load generator (autocannon), 24 GiB, Node v20.20.2; medians of 3 interleaved rounds of 5 s.',
        '',
        '<!-- prettier-ignore -->',
        '| figure | Latchkey | baseline | ratio | goal | met |',
        '| --- | --- | --- | --- | --- | --- |',
        '| guarded request, ES256 | 22,520/s | a < b: 754/s | 29.87× | ≥ 15× | yes |',
        '| ready | 3,171 ms | | | ≤ 3,000 ms | **no** |',
        '',
        '- Not measured: refresh on Redis: no server.',
      ]);
    });

    it('into the document between two marks, again and again', () => {
      const document = readMarks('old');
      const once = intoDocument(document, 'new');
      expect(once).toBe(readMarks('new'));
      expect(intoDocument(once, 'new')).toBe(once);
      expect(() => intoDocument('no marks', 'new')).toThrow('no place');
    });

    it('a plot with a bar for each candidate, the longest first, its text escaped', () => {
      const svg = plot(figures);
      expect([...svg.matchAll(/<rect [^>]*rx="3"/g)]).toHaveLength(2);
      expect(svg.indexOf('Latchkey, ES256')).toBeLessThan(svg.indexOf('a &lt; b'));
      expect(svg).not.toContain('a < b');
    });

    it.each([
      { value: 22_519.6, unit: 'perSecond', text: '22,520/s' },
      { value: 1.834, unit: 'perSecond', text: '1.83/s' },
      { value: 12.34, unit: 'milliseconds', text: '12.3 ms' },
      { value: 148, unit: 'megabytes', text: '148 MB' },
    ] as const)('$value as $text', ({ value, unit, text }) => {
      expect(formatValue(value, unit)).toBe(text);
    });
  });

  it("reads wrk's output", () => {
    const output = `Running 5s test @ http://127.0.0.1:3000/
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.26ms  573.88us  14.28ms   93.02%
    Req/Sec    25.70k     2.02k   28.74k    80.00%
  Latency Distribution
     50%  980.00us
     75%    1.33ms
     90%    1.65ms
     99%    3.32ms
  127907 requests in 5.00s, 25.74MB read
  Socket errors: connect 0, read 1, write 0, timeout 2
  Non-2xx or 3xx responses: 4
Requests/sec:  25571.50
Transfer/sec:      5.15MB
`;
    expect(readWrkOutput(output)).toEqual({
      perSecond: 25_571.5,
      p50: 0.98,
      p99: 3.32,
      failures: { refused: 4, errors: 1, timeouts: 2 },
    });
    expect(() => readWrkOutput('unable to connect')).toThrow('wrk');
  });

  it('runs all its parts, or those that are named, in their order', () => {
    expect(parseArguments([])).toEqual({ parts: [...PARTS], complete: true, large: false });
    expect(parseArguments(['--only', 'growth', '--only', 'logins', '--large'])).toEqual({
      parts: ['logins', 'growth'],
      complete: false,
      large: true,
    });
    expect(() => parseArguments(['--only', 'nothing'])).toThrow('There is no part nothing');
  });
});

function readMarks(content: string): string {
  return `# Title

<!-- figures: written by npm run bench -->

${content}

<!-- end of figures -->

More.
`;
}
