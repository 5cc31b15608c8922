import type { Command } from '../framework/command.js';

export const MIGRATION_COMMANDS: readonly Command[] = [
  {
    name: 'migrate',
    alias: 'migrations run',
    summary: 'Applies the migrations that are missing, as every start does.',
    run: async (context) => {
      // The database alone: an application would make a signing key, sealed with an APP_SECRET that may not be the server's.
      await context.database();
      return { text: 'The database is up to date.', data: { upToDate: true } };
    },
  },
];
