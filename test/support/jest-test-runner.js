import { readFileSync } from 'node:fs';
import { createRequire, register } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
// @ts-expect-error It has no types.
import runner from 'jest-circus/runner';
import { sourceMapOf } from './jest-compile.js';
import { setJestGlobals } from './jest-globals.js';

// Plain JavaScript: Jest loads it with Node's own loader.

/**
 * What is used of Jest's own.
 * @typedef {object} Runtime
 * @property {() => Map<string, string>} getSourceMaps
 * @property {(from: string, name: '@jest/globals') => import('./jest-globals.js').Globals} requireModuleOrMock
 * @property {(path: string) => unknown} requireInternalModule
 * @property {(path: string) => boolean} unstable_shouldLoadAsEsm
 * @property {(path: string) => Promise<unknown>} unstable_importModule
 *
 * @typedef {(
 *   globalConfig: { watch: boolean, watchAll: boolean },
 *   config: object,
 *   environment: object,
 *   runtime: Runtime,
 *   path: string,
 *   ...rest: unknown[]
 * ) => Promise<object>} TestRunner
 */

const circus = /** @type {{ default: TestRunner }} */ (runner).default;

register('./jest-modules.js', import.meta.url);

let runs = 0;

/**
 * Runs a test file with Jest's own runner, but in the realm of the process, and with the modules that files before it have
 * loaded. In a realm of its own each file would load, compile and warm up the whole application anew: a third of all the
 * processor's time. What a file must not leave behind for the next is put back here.
 * @type {TestRunner}
 */
export default async function runTestFile(globalConfig, config, environment, runtime, path, ...rest) {
  mapSources(runtime.getSourceMaps());

  runtime.requireInternalModule = (module) => {
    // Loaded anew, as its state is that of one test file; by a `require` that does not keep what it has loaded.
    const require = createRequire(import.meta.url);
    Reflect.deleteProperty(require.cache, module);
    return require(module);
  };
  runtime.unstable_shouldLoadAsEsm = () => true;
  runtime.unstable_importModule = async (module) => {
    setJestGlobals(runtime.requireModuleOrMock(module, '@jest/globals'));
    const url = pathToFileURL(module);
    if (globalConfig.watch || globalConfig.watchAll) url.search = `run=${runs++}`;
    await import(url.href);
  };

  const { exitCode } = process;
  const variables = { ...process.env };
  try {
    return await circus(globalConfig, config, environment, runtime, path, ...rest);
  } finally {
    setJestGlobals(undefined);
    forgetState();
    process.exitCode = exitCode;
    restoreVariables(variables);
  }
}

/** What the runner keeps in the realm: all tests of the file, and with them all that they have in reach. */
function forgetState() {
  for (const symbol of Object.getOwnPropertySymbols(globalThis)) {
    const name = symbol.description ?? '';
    if (['JEST_STATE_SYMBOL', 'EVENT_HANDLERS'].includes(name)) Reflect.deleteProperty(globalThis, symbol);
  }
}

/** @param {NodeJS.ProcessEnv} variables */
function restoreVariables(variables) {
  for (const name of Object.keys(process.env)) {
    if (!(name in variables)) Reflect.deleteProperty(process.env, name);
  }
  Object.assign(process.env, variables);
}

/** @type {Map<string, string>} */
const known = new Map();

/**
 * Lets stacks name lines of the sources. A map is made when the first stack asks for it.
 * @param {Map<string, string>} sourceMaps
 */
function mapSources(sourceMaps) {
  sourceMaps.get = (file) => {
    if (!file.startsWith('file:') || !new URL(file).pathname.endsWith('.ts')) return undefined;
    let map = known.get(file);
    if (map === undefined) {
      const path = fileURLToPath(file);
      map = `data:application/json,${encodeURIComponent(sourceMapOf(readFileSync(path, 'utf8'), path))}`;
      known.set(file, map);
    }
    return map;
  };
}
