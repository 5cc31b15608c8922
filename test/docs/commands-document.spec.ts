import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { COMMANDS, GROUPS } from '../../src/cli/commands/commands.js';
import { signatureOf } from '../../src/cli/framework/signature.js';
import { withCommands } from './commands-document.js';

const document = readFileSync(fileURLToPath(new URL('../../docs/command-line.md', import.meta.url)), 'utf8');

it('docs/command-line.md lists the commands as they are defined (npm run commands)', () => {
  expect(document).toBe(withCommands(document, COMMANDS, signatureOf));
});

it('every command has one name and one place, and is of a group that says what it is about', () => {
  const names = COMMANDS.flatMap(({ name, alias }) => (alias === undefined ? [name] : [name, alias]));
  expect(names.filter((name, place) => names.indexOf(name) !== place)).toEqual([]);
  for (const name of names) {
    const [group = '', verb] = name.split(' ');
    expect(name).toMatch(/^[a-z-]+(?: [a-z-]+)?$/);
    if (verb !== undefined) expect(GROUPS[group]).toEqual(expect.any(String));
  }
});
