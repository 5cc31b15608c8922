import { RestoredStorageService } from '../../admin/restored-storage.service.js';
import { StoragePurge } from '../../database/purge/storage-purge.js';
import type { Command } from '../framework/command.js';
import { LOST_SECRET_COMMAND } from './lost-secret-command.js';

export const STORAGE_COMMANDS: readonly Command[] = [
  {
    name: 'storage purge',
    summary:
      'Deletes now what the server deletes by and by: old sessions, revocations, tokens, keys, counts, audit events.',
    run: async (context) => {
      const { counts, yielded } = await (await context.service(StoragePurge)).run();
      const gone = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
      const purged = `Purged: ${gone.join(', ')}.`;
      return {
        text: yielded ? `${purged} An instance of the server is purging, and does the rest.` : purged,
        data: { purged: counts, yielded },
      };
    },
  },
  {
    name: 'storage restored',
    summary: 'After a backup was restored: all keys are replaced; all sessions, tokens and mailed links end.',
    confirmation: () => 'Replace all keys, and end all sessions, tokens and mailed links?',
    run: async (context) => {
      const { keys, links, sessions } = await (
        await context.service(RestoredStorageService)
      ).endAllOfBefore();
      return {
        text: `${keys} signing keys were replaced; ${sessions} sessions and ${links} one-time tokens have ended, and all access tokens. All users have to log in again.`,
        data: { keys, sessions, oneTimeTokens: links },
      };
    },
  },
  LOST_SECRET_COMMAND,
];
