import { ALL_SETTINGS, optionNameOf } from './settings/table.js';

const NAMES = new Map(ALL_SETTINGS.map((setting) => [setting.name, optionNameOf(setting)]));
const ANY_NAME = new RegExp(String.raw`\b(${[...NAMES.keys()].join('|')})\b`, 'g');

/** A problem of settings, told of options. */
export function inOptionNames(problem: string): string {
  return problem.replaceAll(ANY_NAME, (name) => NAMES.get(name) ?? name);
}
