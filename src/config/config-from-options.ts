import type { LatchkeyConfig } from './config.js';
import { ConfigurationError } from './configuration-error.js';
import type { LatchkeySettings } from './latchkey-settings.js';
import { loadConfig } from './load-config.js';
import { closestTo } from './misspelled-settings.js';
import { inOptionNames } from './option-names.js';
import { readSettings } from './read-settings.js';
import type { Setting } from './settings/setting.js';
import { ALL_SETTINGS, optionNameOf } from './settings/table.js';
import { writtenAsOptions } from './told-as-written.js';

const BY_OPTION: ReadonlyMap<string, Setting> = new Map(
  ALL_SETTINGS.map((setting) => [optionNameOf(setting), setting]),
);

/**
 * The configuration from options instead of the environment, which is not read. Each is checked as its setting is.
 * @param others options beside those of the settings, which may be meant where one is misspelled
 * @param found what is wrong with those
 * @throws ConfigurationError with one line for each option that is wrong or that there is not
 */
export function configFromOptions(
  options: LatchkeySettings,
  others: readonly string[] = [],
  found: readonly string[] = [],
): LatchkeyConfig {
  const problems = [...found];
  const environment: Record<string, string> = {};
  for (const [option, value] of Object.entries(options) as [string, unknown][]) {
    const setting = BY_OPTION.get(option);
    if (!setting) {
      problems.push(unknownOption(option, [...BY_OPTION.keys(), ...others]));
    } else if (value === undefined) {
      continue;
    } else if (setting.ofServer !== undefined) {
      problems.push(`${option} is no option, but a setting of Latchkey's own server: ${setting.ofServer}`);
    } else {
      const text = textOf(value);
      // In the environment an empty one counts as unset; as an option it is hardly meant so.
      if (text === undefined || value === '')
        problems.push(`${option} ${inOptionNames(setting.parser.must)}`);
      else environment[setting.name] = text;
    }
  }
  try {
    if (problems.length === 0) return writtenAsOptions(loadConfig(environment));
    readSettings(environment);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    problems.push(...error.problems.map(inOptionNames));
  }
  throw new ConfigurationError([...new Set(problems)]);
}

/** One line on an option that there is not, with the one that was probably meant. */
export function unknownOption(option: string, known: readonly string[]): string {
  const meant = known.find((name) => name === optionNameOf({ name: option })) ?? closestTo(option, known);
  return `${option} is no option${meant === undefined ? '' : `; ${meant} was probably meant`}`;
}

/** As it would be written in the environment. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (!Array.isArray(value)) return undefined;
  return value.every((entry): entry is string => typeof entry === 'string') ? value.join(',') : undefined;
}
