import type { LatchkeyConfig } from '../config/config.js';
import { configFromOptions, unknownOption } from '../config/config-from-options.js';
import { ConfigurationError } from '../config/configuration-error.js';
import type { LatchkeyComposition, LatchkeyOptions } from './latchkey-options.js';
import { problemsOfRoutes } from './route-groups.js';

const OF_COMPOSITION: readonly string[] = [
  'routes',
  'providers',
  'imports',
  'fields',
  'initialAdmin',
] satisfies (keyof LatchkeyComposition)[];
const OF_ASYNC = [...OF_COMPOSITION, 'inject', 'useFactory'];

/** @throws ConfigurationError with one line for each option that is wrong, or that there is not */
export function checkComposition(composition: LatchkeyComposition): void {
  const unknown = Object.keys(composition).filter((option) => !OF_COMPOSITION.includes(option));
  const problems = [
    ...unknown.map((option) => unknownOption(option, OF_ASYNC)),
    ...problemsOfRoutes(composition.routes),
  ];
  if (problems.length > 0) throw new ConfigurationError(problems);
}

/** @throws ConfigurationError with one line for each option that is wrong, or that there is not */
export function configOf({ config, ...settings }: LatchkeyOptions): LatchkeyConfig {
  if (!config) return configFromOptions(settings, ['config', ...OF_COMPOSITION]);
  const others = Object.entries(settings).filter(([, value]) => value !== undefined);
  if (others.length === 0) return config;
  throw new ConfigurationError(
    others.map(([option]) => `${option} cannot be given beside config, which holds every setting`),
  );
}
