import { expect, it } from '@jest/globals';
import { textTable } from './text-table.js';

it('textTable aligns columns under their titles, with a dash for null', () => {
  const rows = [
    ['1', 'long enough', null],
    ['22', '', 'x'],
  ];
  expect(textTable(['id', 'name', 'end'], rows)).toBe(
    ['id  name         end', '1   long enough  -', '22               x'].join('\n'),
  );
});

it('textTable keeps a cell on its line, whatever a stranger wrote in it', () => {
  const forged = 'Eve\n1   Root';
  expect(textTable(['id', 'name'], [['7', forged]])).toBe('id  name\n7   Eve 1   Root');
  expect(textTable(['name'], [['\u001B[2JEve\u202E']])).toBe('name\n\uFFFD[2JEve\uFFFD');
});
