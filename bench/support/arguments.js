import { parseArgs } from 'node:util';

/** In the order in which they run. */
export const PARTS = /** @type {const} */ ([
  'start-up',
  'guarded-request',
  'logins',
  'refresh',
  'token-endpoint',
  'growth',
  'two-instances',
  'revocation',
  'resource-server',
]);

/** @typedef {typeof PARTS[number]} Part */

/**
 * `--only <part>` as often as wanted, `--large`.
 * @param {string[]} argv
 * @returns {{ parts: Part[], complete: boolean, large: boolean }}
 */
export function parseArguments(argv) {
  const { values } = parseArgs({
    args: argv,
    options: { only: { type: 'string', multiple: true }, large: { type: 'boolean', default: false } },
  });
  const only = values.only ?? [];
  const unknown = only.find((name) => !PARTS.some((part) => part === name));
  if (unknown !== undefined) throw new Error(`There is no part ${unknown}; there are ${PARTS.join(', ')}.`);
  const parts = PARTS.filter((part) => only.length === 0 || only.includes(part));
  return { parts, complete: parts.length === PARTS.length, large: values.large };
}
