import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const LOAD = fileURLToPath(new URL('./load.js', import.meta.url));
const run = promisify(execFile);

/**
 * @typedef {{
 *   readonly milliseconds: number;
 *   readonly megabytes: number;
 *   readonly modules: readonly string[];
 * }} Loading what `load.js` says
 */

/**
 * Loads a module in a process of its own.
 * @param {string} specifier as `import()` takes it
 * @param {'modules' | 'cost'} [what] the modules cost time themselves, and are only listed if asked for
 * @returns {Promise<Loading>}
 */
export async function load(specifier, what = 'modules') {
  const { stdout } = await run(process.execPath, [LOAD, specifier, what]);
  return JSON.parse(stdout);
}

/**
 * The packages that modules are of; of ours, the folders of `dist`.
 * @param {readonly string[]} modules
 */
export function origins(modules) {
  /** @type {Set<string>} */
  const packages = new Set();
  /** @type {Set<string>} */
  const folders = new Set();
  for (const url of modules) {
    const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1];
    if (name) packages.add(name);
    else folders.add(/\/dist\/(?:(.+?)\/)?[^/]+$/.exec(url)?.[1]?.split('/')[0] ?? '.');
  }
  return { packages: [...packages].toSorted(), folders: [...folders].toSorted() };
}
