import { readSmallFile } from '../common/read-small-file.js';
import { ConfigurationError } from './configuration-error.js';
import { COMBINATIONS } from './settings/combinations.js';
import type { Setting, Settings } from './settings/setting.js';
import { SETTINGS, type SettingValues } from './settings/table.js';

/** Values by name, such as `process.env`. */
export type EnvironmentSource = Readonly<Record<string, string | undefined>>;

/**
 * The values of all settings: of the variable `NAME`, or of the file that `NAME_FILE` points at. An empty one counts as unset.
 * @throws ConfigurationError with one line for each bad value; never the value itself, which may be a secret
 */
export function readSettings(source: EnvironmentSource): SettingValues {
  const problems = new Map<string, string>();
  const values = mapValues<Settings, object>(SETTINGS, (group) =>
    mapValues(group, (setting) => {
      const read = readSetting(source, setting);
      if ('problem' in read) problems.set(setting.name, read.problem);
      return 'value' in read ? read.value : undefined;
    }),
  ) as SettingValues;
  for (const { of, must, broken } of COMBINATIONS) {
    const [{ name }] = of;
    if (!of.some((setting) => problems.has(setting.name)) && broken(values))
      problems.set(name, `${name} ${must}`);
  }
  if (problems.size > 0) throw new ConfigurationError([...problems.values()]);
  return values;
}

type Read = { readonly value: unknown } | { readonly problem: string };

function readSetting(source: EnvironmentSource, setting: Setting): Read {
  const { name, parser } = setting;
  const given = readText(source, setting);
  if (typeof given === 'object') return given;
  const text = given ?? ('default' in setting ? setting.default : undefined);
  if (text === undefined) return { value: 'fallback' in setting ? setting.fallback : undefined };
  const value = parser.parse(text);
  return value === undefined ? { problem: `${name} ${parser.why?.(text) ?? parser.must}` } : { value };
}

function readText(
  source: EnvironmentSource,
  { name, tellsPath = false }: Setting,
): string | undefined | { readonly problem: string } {
  const direct = source[name] || undefined;
  const file = source[`${name}_FILE`] || undefined;
  if (file === undefined) return direct;
  if (direct !== undefined) return { problem: `${name}: set either ${name} or ${name}_FILE, not both` };
  try {
    return readSmallFile(file).replace(/\r?\n$/, '') || undefined;
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    return { problem: `${name}: ${name}_FILE${tellsPath ? `, ${file},` : ''} cannot be read (${code})` };
  }
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
