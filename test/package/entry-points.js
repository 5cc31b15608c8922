// What loading each entry point costs, from dist, as a Markdown table, and the sizes that have limits: `npm run entry-points`. Of
// those that are named, as in `npm run entry-points -- latchkey/resource-server`, also what it loads.
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { load, origins } from './loading.js';
import { clientSize, limits, tarballSize } from './sizes.js';

/** @import { Loading } from './loading.js' */

const ROUNDS = 15;

/** @type {{ name: string, exports: Record<string, unknown>}} */
const { name, exports } = JSON.parse(readFileSync('package.json', 'utf8'));
const entryPoints = Object.keys(exports)
  .filter((path) => !path.endsWith('.json'))
  .map((path) => join(name, path));

/** @param {number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/**
 * One after the other, over and over: other load of the machine is shared.
 * @param {string[]} specifiers
 */
async function costsOf(specifiers) {
  const costs = new Map(specifiers.map((specifier) => [specifier, /** @type {Loading[]} */ ([])]));
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [specifier, known] of costs) known.push(await load(specifier, 'cost'));
  return costs;
}

/** @param {string} specifier @param {Loading[]} costs @param {string} [called] */
async function row(specifier, costs, called = `\`${specifier}\``) {
  const { modules } = await load(specifier);
  const { packages } = origins(modules);
  const own = modules.filter((url) => !url.includes('/node_modules/'));
  const bytes = own.reduce((sum, url) => sum + statSync(new URL(url)).size, 0);
  const figures = [
    `${median(costs.map(({ milliseconds }) => milliseconds)).toFixed(0)} ms`,
    `${median(costs.map(({ megabytes }) => megabytes)).toFixed(0)} MB`,
    own.length,
    `${(bytes / 1000).toFixed(0)} kB`,
    modules.length - own.length,
    packages.length,
  ];
  return `| ${called} | ${figures.join(' | ')} |\n`;
}

process.stdout.write(
  '| entry point | time | memory of the process | own modules | their size | others | of packages |\n| --- | --- | --- | --- | --- | --- | --- |\n',
);
const named = process.argv.slice(2);
const application = resolve('test/package/application-under-test.js');
const specifiers = ['node:process', '@nestjs/common', '@nestjs/core'];
specifiers.push(...(named.length > 0 ? named : [...entryPoints, application]));
for (const [specifier, costs] of await costsOf(specifiers)) {
  // From nothing to a user who has registered, reset the password and logged in.
  const called = specifier === application ? 'an application under test, in memory' : undefined;
  process.stdout.write(await row(specifier, costs, called));
}
for (const specifier of named) {
  const { packages, folders } = origins((await load(specifier)).modules);
  process.stdout.write(
    `\n${specifier} loads\n  of dist: ${folders.join(', ')}\n  packages: ${packages.join(', ')}\n`,
  );
}
if (named.length === 0) {
  const kB = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(2)} kB`;
  process.stdout.write(
    `\nlatchkey/client, minified and compressed: ${kB(clientSize())}, and less than ${kB(limits.client)}\n` +
      `the tarball, packed: ${kB(tarballSize())}, and less than ${kB(limits.tarball)}\n`,
  );
}
