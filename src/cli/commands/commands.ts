import { completionCommands } from '../completion/completion-commands.js';
import { DOCTOR_COMMAND } from '../doctor/doctor-command.js';
import type { Command } from '../framework/command.js';
import { CLIENT_COMMANDS } from './client-commands.js';
import { INITIAL_ACCESS_TOKEN_COMMANDS } from './initial-access-token-commands.js';
import { KEY_COMMANDS } from './key-commands.js';
import { MIGRATION_COMMANDS } from './migration-commands.js';
import { ROLE_COMMANDS } from './role-commands.js';
import { SESSION_COMMANDS } from './session-commands.js';
import { STORAGE_COMMANDS } from './storage-commands.js';
import { TOKEN_COMMANDS } from './token-commands.js';
import { TRANSFER_COMMANDS } from './transfer-commands.js';
import { USER_CREATION_COMMAND } from './user-creation-command.js';
import { USER_COMMANDS } from './user-commands.js';
import { USER_LIST_COMMANDS } from './user-list-commands.js';

/** In the order of help and docs/command-line.md. */
export const COMMANDS: readonly Command[] = [
  DOCTOR_COMMAND,
  ...MIGRATION_COMMANDS,
  ...USER_LIST_COMMANDS,
  USER_CREATION_COMMAND,
  ...USER_COMMANDS,
  ...ROLE_COMMANDS,
  ...CLIENT_COMMANDS,
  ...INITIAL_ACCESS_TOKEN_COMMANDS,
  ...TRANSFER_COMMANDS,
  ...SESSION_COMMANDS,
  ...TOKEN_COMMANDS,
  ...KEY_COMMANDS,
  ...STORAGE_COMMANDS,
  ...completionCommands(() => COMMANDS),
];

/** What those are about that begin with the word. */
export const GROUPS: Readonly<Record<string, string>> = {
  admin: 'The initial administrator',
  clients: 'OAuth clients',
  completion: 'Completion in shells',
  'initial-access-tokens': 'Tokens by which OAuth clients register',
  keys: 'Signing keys',
  migrations: 'The schema of the database',
  roles: 'Roles',
  sessions: 'Sessions',
  storage: 'What is stored',
  tokens: 'Access tokens',
  users: 'Accounts',
};
