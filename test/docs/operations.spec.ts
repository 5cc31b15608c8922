import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { documentedCommands } from '../support/documented-commands.js';
import { RUN_BY } from './operations-commands.js';

const ROOT = new URL('../../', import.meta.url);
const textOf = (path: string) => readFileSync(fileURLToPath(new URL(path, ROOT)), 'utf8');

const commands = documentedCommands(textOf('docs/operations.md'));
const run = new Set(commands.filter(({ isRun }) => isRun).map(({ text }) => text));

describe('docs/operations.md', () => {
  it('has commands that a spec runs, or that say that none does', () => {
    expect([...run].toSorted()).toEqual(Object.keys(RUN_BY).toSorted());
  });

  it('says of no command both', () => {
    expect(commands.filter(({ text, isRun }) => !isRun && run.has(text))).toEqual([]);
  });

  it.each(Object.entries(RUN_BY))('%s is run by %s', (command, spec) => {
    expect(textOf(spec)).toMatch(callOf(command));
  });
});

/** How a spec calls it: the first words, as arguments of a function or as they are typed. */
function callOf(command: string): RegExp {
  const [program = '', ...rest] = command.split(' ');
  if (!command.startsWith('npm run cli -- ')) return new RegExp(`\\b${program}\\b`);
  const [noun = '', verb = ''] = rest.slice(3);
  return new RegExp(`'${noun}', '${verb}'|\\b${noun} ${verb}\\b`);
}
