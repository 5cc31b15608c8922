import { InitialAdminService } from '../admin/initial-admin.service.js';
import { AccountRescueService } from '../admin/account-rescue.service.js';
import { UserAdministrationService } from '../admin/user-administration.service.js';
import type { Command } from './command.js';
import { KEY_COMMANDS } from './key-commands.js';
import { STORAGE_COMMANDS } from './storage-commands.js';
import { TOKEN_COMMANDS } from './token-commands.js';

export const COMMANDS: readonly Command[] = [
  {
    name: 'admin renew-password',
    summary: 'Another one-time password of the initial administrator, who has not chosen one yet.',
    run: async (app) => {
      const { email, password, expiresAt } = await app.get(InitialAdminService).renew();
      return `The one-time password of ${email} is ${password} until ${expiresAt.toISOString()}.`;
    },
  },
  {
    name: 'users disable',
    arguments: ['e-mail'],
    summary: 'The user cannot log in any more; all their sessions end.',
    run: async (app, email = '') => {
      await app.get(UserAdministrationService).disable(email);
      return `${email} is disabled.`;
    },
  },
  {
    name: 'users enable',
    arguments: ['e-mail'],
    summary: 'The user can log in again.',
    run: async (app, email = '') => {
      await app.get(UserAdministrationService).enable(email);
      return `${email} is enabled.`;
    },
  },
  {
    name: 'users delete',
    arguments: ['e-mail'],
    summary: 'The user is gone; all their sessions end. The last administrator stays.',
    run: async (app, email = '') => {
      await app.get(UserAdministrationService).delete(email);
      return `${email} is deleted.`;
    },
  },
  {
    name: 'users grant',
    arguments: ['e-mail', 'role'],
    summary: 'The user has the role; their access tokens die, a refresh brings one with it.',
    run: async (app, email = '', role = '') => {
      await app.get(UserAdministrationService).grantRole(email, role);
      return `${email} has the role ${role}.`;
    },
  },
  {
    name: 'users withdraw',
    arguments: ['e-mail', 'role'],
    summary: 'The user has the role no more; their access tokens die. The last administrator stays one.',
    run: async (app, email = '', role = '') => {
      await app.get(UserAdministrationService).withdrawRole(email, role);
      return `${email} has the role ${role} no more.`;
    },
  },
  {
    name: 'sessions end',
    arguments: ['e-mail'],
    summary: 'Ends all sessions of the user; their access tokens die.',
    run: async (app, email = '') => {
      await app.get(AccountRescueService).endSessions({ email });
      return `All sessions of ${email} have ended.`;
    },
  },
  {
    name: 'sessions end-all',
    summary: 'Ends all sessions of all users; all access tokens die.',
    run: async (app) => {
      const count = await app.get(AccountRescueService).endSessionsOfAll();
      return `${count} sessions have ended. All users have to log in again.`;
    },
  },
  {
    name: 'users reset-password',
    arguments: ['e-mail'],
    summary: 'Mails the user a link to set a new password; all their sessions end.',
    run: async (app, email = '') => {
      await app.get(AccountRescueService).startPasswordReset({ email });
      return `${email} is sent a link to set a new password.`;
    },
  },
  ...TOKEN_COMMANDS,
  ...KEY_COMMANDS,
  ...STORAGE_COMMANDS,
  {
    name: 'migrations run',
    summary: 'Applies the migrations that are missing, as every start does.',
    // A start of the application would make a signing key, sealed with an APP_SECRET that may not be the server's.
    onceMigrated: 'The database is up to date.',
  },
];

export function usage(): string {
  const width = Math.max(...COMMANDS.map((command) => signature(command).length));
  const lines = COMMANDS.map((command) => `  ${signature(command).padEnd(width)}   ${command.summary}`);
  return ['Usage: latchkey <command>, or in a checkout npm run cli -- <command>', '', ...lines, ''].join(
    '\n',
  );
}

function signature(command: Command): string {
  const placeholders = (command.arguments ?? []).map((argument) => `<${argument}>`);
  return [command.name, ...placeholders, ...(command.options ? [command.options] : [])].join(' ');
}
