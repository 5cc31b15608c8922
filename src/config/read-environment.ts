import { readFileSync } from 'node:fs';
import { validateSync } from 'class-validator';
import { ConfigurationError } from './configuration-error.js';
import { Environment, ENVIRONMENT_NAMES } from './environment.js';

export type EnvironmentSource = Readonly<Record<string, string | undefined>>;

/**
 * Reads every known name, or the file that `NAME_FILE` points at, and validates it. An empty value counts as unset.
 * @throws ConfigurationError with one line for each bad value; never the value itself, which may be a secret
 */
export function readEnvironment(source: EnvironmentSource): Environment {
  const environment = new Environment();
  const problems: string[] = [];
  for (const name of ENVIRONMENT_NAMES) {
    try {
      const value = readValue(source, name);
      if (value !== undefined) environment[name] = value;
    } catch (error) {
      problems.push(`${name}: ${(error as Error).message}`);
    }
  }
  for (const error of validateSync(environment, { stopAtFirstError: true })) {
    problems.push(`${error.property} ${Object.values(error.constraints ?? {}).join('; ')}`);
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return environment;
}

function readValue(source: EnvironmentSource, name: string): string | undefined {
  const direct = source[name] || undefined;
  const file = source[`${name}_FILE`] || undefined;
  if (file === undefined) return direct;
  if (direct !== undefined) throw new Error(`set either ${name} or ${name}_FILE, not both`);
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '') || undefined;
  } catch (error) {
    throw new Error(
      `${name}_FILE cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
      {
        cause: error,
      },
    );
  }
}
