import { Logger } from '@nestjs/common';
import type { LatchkeyConfig } from '../config/config.js';
import type { LatchkeySettings } from '../config/latchkey-settings.js';
import { configFromOptions, unknownOption } from '../config/config-from-options.js';
import { ConfigurationError } from '../config/configuration-error.js';
import { unappliedSettings, warningOf } from '../config/unapplied-settings.js';
import type { LatchkeyComposition, LatchkeyModuleOptions, LatchkeyOptions } from './latchkey-options.js';
import { problemsOfTransports } from '../access/transports/problems-of-transports.js';
import { problemsOfRelay } from '../relay/relay-options.js';
import { problemsOfRoutes } from './route-groups.js';

const SWITCHES = ['globalGuards', 'globalFilter', 'globalPipe'] as const;
const OF_COMPOSITION: readonly string[] = [
  'routes',
  'providers',
  'imports',
  'fields',
  'initialAdmin',
  'transports',
  'relay',
  'metrics',
  'pages',
  'oauth',
  ...SWITCHES,
] satisfies (keyof LatchkeyComposition)[];
const OF_ASYNC = [...OF_COMPOSITION, 'inject', 'useFactory'];

/** @throws ConfigurationError with one line for each option that is wrong, or that there is not */
export function checkComposition(composition: LatchkeyComposition): void {
  const unknown = Object.keys(composition).filter((option) => !OF_COMPOSITION.includes(option));
  const problems = [
    ...unknown.map((option) => unknownOption(option, OF_ASYNC)),
    ...problemsOfRoutes(composition.routes),
    ...problemsOfTransports(composition.transports),
    ...problemsOfRelay(composition.relay),
    ...problemsOfMetrics(composition.metrics),
    ...(isSwitch(composition.pages) ? [] : ['pages must be true or false']),
    ...(isSwitch(composition.oauth) ? [] : ['oauth must be true or false']),
    ...SWITCHES.filter((name) => !isSwitch(composition[name])).map((name) => `${name} must be true or false`),
  ];
  if (problems.length > 0) throw new ConfigurationError(problems);
}

/** Which options say what there is, and which are read as the application starts. */
export function splitOptions(options: LatchkeyModuleOptions): {
  readonly composition: LatchkeyComposition;
  readonly others: LatchkeyOptions;
} {
  const pick = (composes: boolean) =>
    Object.fromEntries(
      Object.entries(options).filter(([name]) => OF_COMPOSITION.includes(name) === composes),
    );
  return { composition: pick(true), others: pick(false) };
}

/** @throws ConfigurationError with one line for each option that is wrong, or that there is not */
export function configOf({ config, database, ...settings }: LatchkeyOptions): LatchkeyConfig {
  const problems = problemsOfDatabase(database, settings);
  if (!config) return configFromOptions(settings, ['config', 'database', ...OF_COMPOSITION], problems);
  const others = Object.entries(settings).filter(([, value]) => value !== undefined);
  problems.push(
    ...others.map(([option]) => `${option} cannot be given beside config, which holds every setting`),
  );
  if (problems.length > 0) throw new ConfigurationError(problems);
  const unapplied = unappliedSettings(config);
  if (unapplied.length > 0) new Logger('Latchkey').warn(warningOf(unapplied));
  return config;
}

/** What is wrong with an option `database`, a line each. */
function problemsOfDatabase(database: unknown, { databaseUrl }: LatchkeySettings): string[] {
  if (database === undefined) return [];
  if (typeof database !== 'object' || database === null)
    return ['database must be an object such as { pool }'];
  const { pool, migrate, ...others } = database as Record<string, unknown>;
  const problems = Object.keys(others).map(
    (option) => `database.${option} is no option; there are pool and migrate`,
  );
  if (!isPool(pool)) problems.push('database.pool must be a Pool of pg');
  if (!isSwitch(migrate)) problems.push('database.migrate must be true or false');
  if (databaseUrl !== undefined) problems.push('databaseUrl cannot be given beside database');
  return problems;
}

function problemsOfMetrics(metrics: unknown): string[] {
  if (isSwitch(metrics)) return [];
  if (typeof metrics !== 'object' || metrics === null)
    return ['metrics must be true, false, or an object such as { registry }'];
  const { registry, route, ...others } = metrics as Record<string, unknown>;
  const problems = Object.keys(others).map(
    (option) => `metrics.${option} is no option; there are registry and route`,
  );
  if (registry !== undefined && !isRegistry(registry))
    problems.push('metrics.registry must be a Registry of prom-client');
  if (!isSwitch(route)) problems.push('metrics.route must be true or false');
  return problems;
}

function isRegistry(value: unknown): boolean {
  const { registerMetric, metrics } = (value ?? {}) as Record<string, unknown>;
  return typeof registerMetric === 'function' && typeof metrics === 'function';
}

function isSwitch(value: unknown): boolean {
  return value === undefined || typeof value === 'boolean';
}

function isPool(value: unknown): boolean {
  const { connect, query, options } = (value ?? {}) as Record<string, unknown>;
  return typeof connect === 'function' && typeof query === 'function' && typeof options === 'object';
}
