import { describe, expect, it } from '@jest/globals';
import { ALL_SETTINGS } from './table.js';

describe('The table of settings', () => {
  const names = ALL_SETTINGS.map(({ name }) => name);

  it('has each name once, as environments write names', () => {
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(names.filter((name) => !/^[A-Z]+(_[A-Z]+)*$/.test(name))).toEqual([]);
    expect(names.filter((name) => name.endsWith('_FILE'))).toEqual([]);
  });

  it.each(ALL_SETTINGS)('accepts its own default and example of $name', (setting) => {
    const texts = ['default' in setting ? setting.default : undefined, setting.example];
    for (const text of texts.filter((each) => each !== undefined))
      expect(setting.parser.parse(text)).toBeDefined();
  });

  it.each(ALL_SETTINGS)('says in one line, as a cell of a table, what $name means', ({ meaning }) => {
    expect(meaning).toMatch(/^[^\n|]{5,}$/);
  });
});
