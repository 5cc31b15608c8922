import { execFileSync, spawnSync } from 'node:child_process';
import { expect, it } from '@jest/globals';
import { completionScript } from '../../src/cli/completion/completion-script.js';
import { COMMANDS } from '../../src/cli/commands/commands.js';
import { describeWithFish, describeWithZsh, fish, zsh } from '../support/services/available.js';

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

describeWithZsh('zsh', () => {
  /** What it would offer: the builtin that takes that is replaced by one that tells it. */
  function offeredByZsh(...words: string[]): string[] {
    const line = `autoload -Uz compinit && compinit -D -u
      ${completionScript('zsh', COMMANDS)}
      compadd() { shift; print -rl -- "$@" }
      _files() { print '<files>' }
      words=(latchkey "$@") CURRENT=$(($# + 1))
      $_comps[latchkey]`;
    return run(zsh?.path ?? 'zsh', '-f', '-c', line, 'zsh', ...words);
  }

  it('offers groups, verbs, options, what they take, and files', () => {
    expect(offeredByZsh('')).toEqual(
      expect.arrayContaining(['doctor', 'migrate', 'users', 'keys', '--help']),
    );
    expect(offeredByZsh('users', '')).toEqual(expect.arrayContaining(['create', 'disable', '--help']));
    expect(offeredByZsh('users', 'disable', 'ann@example.com', '')).toEqual(['--json', '--help']);
    expect(offeredByZsh('users', 'list', '--sort', '')).toEqual(['createdAt', 'email', 'lastLoginAt']);
    expect(offeredByZsh('keys', 'export', '--pem', '--out', '')).toEqual(['<files>']);
    expect(offeredByZsh('migrations', '')).toEqual(['run', 'status', '--help']);
    expect(offeredByZsh('nothing', '')).not.toContain('disable');
  });
});

describeWithFish('fish', () => {
  /** Without what it shows beside each. */
  function offeredByFish(line: string): string[] {
    const script = `${completionScript('fish', COMMANDS)}\ncomplete -C '${line}'`;
    return run(fish?.path ?? 'fish', '--no-config', '-c', script).map((word) => word.split('\t')[0] ?? '');
  }

  it('offers groups, verbs, options, what they take, and files', () => {
    expect(offeredByFish('latchkey ')).toEqual(
      expect.arrayContaining(['doctor', 'migrate', 'users', 'keys']),
    );
    expect(offeredByFish('latchkey us')).toEqual(['users']);
    expect(offeredByFish('latchkey users dis')).toEqual(['disable']);
    expect(offeredByFish('latchkey users disable ann@example.com --').toSorted()).toEqual([
      '--help',
      '--json',
    ]);
    expect(offeredByFish('latchkey keys export --o')).toEqual(['--out']);
    expect(offeredByFish('latchkey users list --sort ').toSorted()).toEqual([
      'createdAt',
      'email',
      'lastLoginAt',
    ]);
    expect(offeredByFish('latchkey keys export --pem --out package.j')).toEqual(['package.json']);
    expect(offeredByFish('latchkey migrations ').toSorted()).toEqual(['run', 'status']);
    expect(offeredByFish('latchkey nothing ')).toEqual([]);
  });
});

/** The lines of its output; it may write no errors. */
function run(program: string, ...words: string[]): string[] {
  const { stdout, stderr } = spawnSync(program, words, { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((word) => word !== '');
}

it.each(['bash', 'zsh', 'fish'] as const)('%s is told of every command and each of its options', (shell) => {
  const script = completionScript(shell, COMMANDS);
  for (const { name, options = [] } of COMMANDS) {
    for (const word of name.split(' ')) expect(script).toContain(word);
    for (const option of options) expect(script).toMatch(new RegExp(`(--|-l )${option.name}\\b`));
  }
});
