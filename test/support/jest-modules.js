import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { compile } from './jest-compile.js';

// Node's own loader of modules, taught to read the sources. It runs in a thread of its own.

/** @import { LoadHook, LoadHookContext, ResolveHook, ResolveHookContext } from 'node:module' */

const JEST_GLOBALS = new URL('jest-globals.js', import.meta.url).href;
const SOURCES = new URL('../../src/', import.meta.url);

/**
 * @param {string} specifier
 * @param {ResolveHookContext} context
 * @param {Parameters<ResolveHook>[2]} next
 */
export async function resolve(specifier, context, next) {
  if (specifier === '@jest/globals') return { url: JEST_GLOBALS, shortCircuit: true };
  // The examples of the documents import the package as applications do.
  const entry = /^latchkey(?:\/([\w-]+))?$/.exec(specifier);
  if (entry) {
    const url = new URL(`${entry[1] ?? '.'}/index.ts`, SOURCES);
    if (existsSync(url)) return { url: url.href, shortCircuit: true };
  }

  const { parentURL } = context;
  if (parentURL === undefined || !specifier.startsWith('.')) return next(specifier, context);

  // Sources name their imports `./x.js`, as Node's ESM wants; here they are still `./x.ts`.
  const url = new URL(specifier, parentURL);
  // Under `--watch` a run has its own modules.
  url.search = new URL(parentURL).search;
  if (!url.pathname.endsWith('.js')) return next(specifier, context);
  const compiled = url.href;
  url.pathname = url.pathname.replace(/\.js$/, '.ts');
  if (existsSync(url)) return { url: url.href, shortCircuit: true };
  return next(compiled, context);
}

/**
 * @param {string} url
 * @param {LoadHookContext} context
 * @param {Parameters<LoadHook>[2]} next
 */
export async function load(url, context, next) {
  if (!url.startsWith('file:') || !new URL(url).pathname.endsWith('.ts')) return next(url, context);
  const path = fileURLToPath(url);
  const source = await compile(await readFile(path, 'utf8'), path);
  return { format: 'module', source, shortCircuit: true };
}
