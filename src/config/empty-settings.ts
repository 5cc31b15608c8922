import type { EnvironmentSource } from './read-settings.js';
import { ALL_SETTINGS } from './settings/table.js';

/** That settings are there and empty, for a warning at the start: they count as not set. */
export function emptySettings(source: EnvironmentSource = process.env): string[] {
  const names = ALL_SETTINGS.flatMap(({ name }) => [name, `${name}_FILE`]);
  const empty = names.filter((name) => source[name] === '');
  const [are, count] = empty.length === 1 ? ['is', 'counts'] : ['are', 'count'];
  return empty.length === 0 ? [] : [`${empty.join(', ')} ${are} empty, and ${count} as not set.`];
}
