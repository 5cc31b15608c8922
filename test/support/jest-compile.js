import { transform, transformSync } from '@swc/core';

// Plain JavaScript, like all that Node loads before there is a compiler.

/** @type {import('@swc/core').Options} */
const OPTIONS = {
  swcrc: false,
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    target: 'es2022',
    keepClassNames: true,
  },
  module: { type: 'es6' },
};

/**
 * @param {string} source TypeScript
 * @param {string} filename
 * @returns {Promise<string>} the module in JavaScript
 */
export async function compile(source, filename) {
  const { code } = await transform(source, { ...OPTIONS, filename });
  return code;
}

/**
 * @param {string} source TypeScript
 * @param {string} filename
 * @returns {string} the source map, in JSON, of what `compile` makes of it
 */
export function sourceMapOf(source, filename) {
  const { map } = transformSync(source, { ...OPTIONS, filename, sourceMaps: true });
  if (map === undefined) throw new Error(`There is no source map of ${filename}.`);
  return map;
}
