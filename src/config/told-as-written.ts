import type { LatchkeyConfig } from './config.js';
import { ConfigurationError } from './configuration-error.js';
import { inOptionNames } from './option-names.js';

/** Parts of configurations that were made of options. */
const OF_OPTIONS = new WeakSet<object>();

/** Remembers that its settings were written as options. */
export function writtenAsOptions(config: LatchkeyConfig): LatchkeyConfig {
  for (const part of Object.values(config)) OF_OPTIONS.add(part);
  return config;
}

/**
 * A text that names settings, or an error whose message does, with the names under which they were written.
 * @param part of the configuration that they are in
 */
export function toldAsWritten<T>(part: object, told: T): T;
export function toldAsWritten(part: object, told: unknown): unknown {
  if (!OF_OPTIONS.has(part)) return told;
  if (typeof told === 'string') return inOptionNames(told);
  if (told instanceof ConfigurationError) return new ConfigurationError(told.problems.map(inOptionNames));
  if (!(told instanceof Error)) return told;
  const { message, stack } = told;
  told.message = inOptionNames(message);
  if (stack !== undefined) told.stack = stack.replace(message, () => told.message);
  return told;
}
