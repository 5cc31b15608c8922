import { execFileSync } from 'node:child_process';
import { expect, it } from '@jest/globals';
import { completionScript } from '../../src/cli/completion/completion-script.js';
import { COMMANDS } from '../../src/cli/commands/commands.js';

const SCRIPT = completionScript('bash', COMMANDS);

/** What a real bash offers for the last of the words. */
function offered(...words: string[]): string[] {
  const line = `${SCRIPT}
    COMP_WORDS=(latchkey "$@"); COMP_CWORD=$#
    _latchkey
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-euo', 'pipefail', '-c', line, 'bash', ...words], { encoding: 'utf8' })
    .split('\n')
    .filter((word) => word !== '');
}

it('bash completes groups, verbs, options and, after an option, files', () => {
  expect(offered('')).toEqual(expect.arrayContaining(['doctor', 'migrate', 'users', 'keys', '--help']));
  expect(offered('us')).toEqual(['users']);
  expect(offered('users', 'dis')).toEqual(['disable']);
  expect(offered('users', 'disable', 'ann@example.com', '--')).toEqual(['--json', '--help']);
  expect(offered('keys', 'export', '--o')).toEqual(['--out']);
  expect(offered('keys', 'export', '--pem', '--out', 'packag')).toEqual(
    expect.arrayContaining(['package.json']),
  );
  expect(offered('migrations', '')).toEqual(expect.arrayContaining(['run', 'status']));
  expect(offered('nothing', '')).not.toContain('disable');
});

it('bash knows the function for the name of the program', () => {
  const loaded = `${SCRIPT}\ncomplete -p latchkey`;
  expect(execFileSync('bash', ['-c', loaded], { encoding: 'utf8' })).toBe('complete -F _latchkey latchkey\n');
});

it.each(['bash', 'zsh', 'fish'] as const)('%s is told of every command and each of its options', (shell) => {
  const script = completionScript(shell, COMMANDS);
  for (const { name, options = [] } of COMMANDS) {
    for (const word of name.split(' ')) expect(script).toContain(word);
    for (const option of options) expect(script).toMatch(new RegExp(`(--|-l )${option.name}\\b`));
  }
});
