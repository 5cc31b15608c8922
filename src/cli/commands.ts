import { AccountsService } from '../admin/accounts.service.js';
import type { Command } from './command.js';
import { KEY_COMMANDS } from './key-commands.js';
import { STORAGE_COMMANDS } from './storage-commands.js';

export const COMMANDS: readonly Command[] = [
  {
    name: 'users disable',
    argument: 'e-mail',
    summary: 'The user cannot log in any more; all their sessions end.',
    run: async (app, email) => {
      await app.get(AccountsService).disable(email);
      return `${email} is disabled.`;
    },
  },
  {
    name: 'users enable',
    argument: 'e-mail',
    summary: 'The user can log in again.',
    run: async (app, email) => {
      await app.get(AccountsService).enable(email);
      return `${email} is enabled.`;
    },
  },
  {
    name: 'sessions end',
    argument: 'e-mail',
    summary: 'Ends all sessions of the user; their access tokens die.',
    run: async (app, email) => {
      await app.get(AccountsService).endSessions(email);
      return `All sessions of ${email} have ended.`;
    },
  },
  ...KEY_COMMANDS,
  ...STORAGE_COMMANDS,
  {
    name: 'migrations run',
    summary: 'Applies the migrations that are missing, as every start does.',
    // Opening the application has done it.
    run: () => Promise.resolve('The database is up to date.'),
  },
];

export function usage(): string {
  const width = Math.max(...COMMANDS.map((command) => signature(command).length));
  const lines = COMMANDS.map((command) => `  ${signature(command).padEnd(width)}   ${command.summary}`);
  return ['Usage: npm run cli -- <command>', '', ...lines, ''].join('\n');
}

function signature({ name, argument }: Command): string {
  return argument === undefined ? name : `${name} <${argument}>`;
}
