import { AuditPurge } from '../audit/audit-purge.js';
import { StoragePurge } from '../tokens/purge/storage-purge.js';
import type { Command } from './command.js';

export const STORAGE_COMMANDS: readonly Command[] = [
  {
    name: 'storage purge',
    summary:
      'Deletes now what the server deletes by and by: old sessions, revocations, tokens, keys, audit events.',
    run: async (app) => {
      const { sessions, revocations, oneTimeTokens, yielded } = await app.get(StoragePurge).run();
      const events = await app.get(AuditPurge).run();
      const purged = `Purged: ${sessions} sessions, ${revocations} revocations, ${oneTimeTokens} one-time tokens, ${events} audit events.`;
      return yielded ? `${purged} An instance of the server is purging, and does the rest.` : purged;
    },
  },
];
