import { expect, it } from '@jest/globals';
import { terminalWidth } from './terminal-width.js';

it('terminalWidth is what COLUMNS says, else what the terminal has, else 80', () => {
  expect(terminalWidth({ columns: 120 }, { COLUMNS: '60' })).toBe(60);
  expect(terminalWidth({ columns: 120 }, {})).toBe(120);
  expect(terminalWidth({}, {})).toBe(80);
  for (const odd of ['', '0', '-1', 'wide', '1e9'])
    expect([odd, terminalWidth({ columns: 0 }, { COLUMNS: odd })]).toEqual([odd, 80]);
});
