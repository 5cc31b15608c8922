import { migrationStatus } from '../../database/migration-status.js';
import type { Command } from '../framework/command.js';
import { textTable } from '../framework/text-table.js';

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
  {
    name: 'migrations status',
    summary: 'The migrations that are applied, and those that are not. Changes nothing.',
    run: async (context) => {
      const connection = await context.unmigratedDatabase();
      const status = await migrationStatus(connection, context.config.database.schema);
      const { schema, applied, missing, unknown } = status;
      const rows = [...applied.map((name) => [name, 'applied']), ...missing.map((name) => [name, 'missing'])];
      const later = unknown > 0 ? [`${unknown} of a later version are applied, too.`] : [];
      return {
        text: [textTable(['migration', `in schema ${schema}`], rows), ...later].join('\n'),
        data: { schema, applied, missing, unknown },
      };
    },
  },
];
