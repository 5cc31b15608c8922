import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LatchkeyConfig } from './config.js';
import { ConfigurationError } from './configuration-error.js';
import { loadConfig } from './load-config.js';
import type { EnvironmentSource } from './read-settings.js';

/** A configuration to look at, not to serve with. */
export interface PartialConfig {
  /** With the defaults of what is bad; undefined if there is none even so. */
  readonly config: LatchkeyConfig | undefined;
  /** One line for each bad value, as `ConfigurationError` has them. */
  readonly problems: readonly string[];
  /** The settings that are bad, by their names. */
  readonly bad: ReadonlySet<string>;
  /** Whether no `APP_SECRET` is there, given or generated: the one of `config` is good for nothing. */
  readonly withoutSecret: boolean;
}

/** Each time at least one more bad name is left out; secrets and what they depend on take three. */
const ATTEMPTS = 5;
/** In place of what cannot be left out: good for nothing. */
const STAND_INS: Readonly<Record<string, () => string>> = {
  APP_SECRET: standIn,
  JWT_SECRET: standIn,
  MAIL_FROM: () => 'no-reply@localhost',
};

/** What can be read of the configuration, where `loadConfig` would refuse all of it. Makes no file. */
export function loadWhatIsGood(source: EnvironmentSource = process.env): PartialConfig {
  const problems = new Set<string>();
  const bad = new Set<string>();
  const given = isGiven(source, 'APP_SECRET');
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    try {
      const { config, generated } = load(withStandIns(source, bad));
      const withoutSecret = bad.has('APP_SECRET') || (!given && !generated);
      return { config, problems: [...problems], bad, withoutSecret };
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      for (const problem of error.problems) {
        problems.add(problem);
        bad.add(nameOf(problem));
      }
    }
  }
  return { config: undefined, problems: [...problems], bad, withoutSecret: true };
}

/** The secret that was generated is read if it is there; none is generated. */
function load(source: EnvironmentSource): { config: LatchkeyConfig; generated: boolean } {
  if (isGiven(source, 'APP_SECRET') || source['NODE_ENV'] === 'production')
    return { config: loadConfig(source), generated: false };
  const config = loadConfig({ ...source, APP_SECRET: standIn() });
  const generated = existsSync(join(config.app.dataDir, 'app-secret'));
  return { config: generated ? loadConfig(source) : config, generated };
}

function withStandIns(source: EnvironmentSource, bad: ReadonlySet<string>): EnvironmentSource {
  const good = Object.entries(source).filter(
    ([name]) => !bad.has(name) && !bad.has(name.replace(/_FILE$/, '')),
  );
  const replaced = Object.entries(STAND_INS).filter(([name]) => bad.has(name));
  const values = Object.fromEntries([
    ...good,
    ...replaced.map(([name, make]) => [name, make()]),
  ]) as EnvironmentSource;
  // Without a directory none is read from there.
  if (bad.has('DATA_DIR') && !isGiven(values, 'APP_SECRET')) return { ...values, APP_SECRET: standIn() };
  return values;
}

/** A line begins with the name of its setting. */
function nameOf(problem: string): string {
  return /^\w+/.exec(problem)?.[0] ?? '';
}

function isGiven(source: EnvironmentSource, name: string): boolean {
  return Boolean(source[name]) || Boolean(source[`${name}_FILE`]);
}

function standIn(): string {
  return randomBytes(48).toString('base64url');
}
