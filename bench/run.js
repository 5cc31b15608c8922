// npm run bench: everything in one run, each figure beside its baseline, interleaved, medians. See docs/benchmarks.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { growth } from './parts/growth.js';
import { guardedRequest } from './parts/guarded-request.js';
import { logins } from './parts/logins.js';
import { refresh } from './parts/refresh.js';
import { resourceServer } from './parts/resource-server.js';
import { revocation } from './parts/revocation.js';
import { startUp } from './parts/start-up.js';
import { tokenEndpoint } from './parts/token-endpoint.js';
import { twoInstances } from './parts/two-instances.js';
import { parseArguments } from './support/arguments.js';
import { Bench } from './support/bench.js';
import { GENERATOR } from './support/load.js';
import { describeMachine } from './support/machine.js';
import { plot } from './support/plot.js';
import { intoDocument, toMarkdown } from './support/report.js';

/** @import { Part } from './support/arguments.js' */
/** @import { Figure } from './support/figures.js' */
/** @import { Report } from './support/report.js' */

const LATEST = new URL('latest.json', import.meta.url);
const DOCUMENT = new URL('../docs/benchmarks.md', import.meta.url);
const PLOT = new URL('../docs/benchmarks.svg', import.meta.url);

/** @type {Record<Part, (bench: Bench) => Promise<Figure[]>>} */
const MEASURES = {
  'start-up': startUp,
  'guarded-request': guardedRequest,
  logins,
  refresh,
  'token-endpoint': tokenEndpoint,
  growth,
  'two-instances': twoInstances,
  revocation,
  'resource-server': resourceServer,
};

const { parts, complete, large } = parseArguments(process.argv.slice(2));
const bench = new Bench({ seconds: Number(process.env['BENCH_SECONDS'] ?? 5), large });
// What was started ends with this process, and what was written goes.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
process.once('exit', () => bench.removeFiles());
/** @type {Figure[]} */
const figures = [];
const startedAt = performance.now();
try {
  for (const part of parts) {
    bench.progress(`${part} (${Math.round((performance.now() - startedAt) / 1000)} s)`);
    try {
      figures.push(...(await MEASURES[part](bench)));
    } catch (error) {
      // The other parts are worth their time all the same.
      process.stderr.write(`${part}: ${error instanceof Error ? error.stack : String(error)}\n`);
      bench.skip(part, 'it failed');
      process.exitCode = 1;
    }
  }
} finally {
  await bench.close();
}

/** @type {Report} */
const report = {
  date: new Date().toISOString(),
  machine: describeMachine(),
  generator: GENERATOR,
  seconds: bench.seconds,
  rounds: bench.rounds,
  figures,
  skipped: bench.skipped,
};
const markdown = toMarkdown(report);
process.stdout.write(`\n${markdown}\n\n`);
writeFileSync(LATEST, `${JSON.stringify(report, null, 2)}\n`);
process.stdout.write('Also in bench/latest.json');
if (complete && process.exitCode === undefined) {
  writeFileSync(DOCUMENT, intoDocument(readFileSync(DOCUMENT, 'utf8'), markdown));
  writeFileSync(PLOT, plot(figures));
  process.stdout.write(', docs/benchmarks.md and docs/benchmarks.svg');
}
process.stdout.write('\n');
