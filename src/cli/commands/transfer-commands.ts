import { USER_SOURCES } from '../../transfer/sources/user-sources.js';
import { exporterOf } from '../../transfer/transfer-of.js';
import { PrivateFile } from '../../transfer/transfer-files.js';
import type { Command } from '../framework/command.js';
import { importUsers } from '../transfer/import-users.js';

export const TRANSFER_COMMANDS: readonly Command[] = [
  {
    name: 'users import',
    arguments: [{ name: 'file' }],
    options: [
      {
        name: 'format',
        value: 'name',
        summary: 'whose file it is; default: latchkey',
        choices: [...USER_SOURCES.keys()],
      },
      { name: 'map-ids', summary: 'makes UUIDs of ids that are none' },
      { name: 'dry-run', summary: 'tries everything, and keeps nothing' },
      { name: 'rejects', value: 'new file', summary: 'takes the lines that are refused, and why' },
      { name: 'auth0-hashes', value: 'file', summary: 'the hashes that Auth0 exports by themselves' },
      { name: 'firebase-hash', value: 'file', summary: "the project's hash parameters" },
    ],
    summary: 'Users of a file (- for standard input), with their password hashes. Run again, it goes on.',
    run: importUsers,
  },
  {
    name: 'users export',
    options: [
      { name: 'out', value: 'new file', summary: 'where they are written to', required: true },
      { name: 'hashes', summary: 'with their password hashes' },
    ],
    summary: 'All users as lines that an import takes, in a file that its owner alone can read.',
    run: async (context, input) => {
      const path = input.option('out') ?? '';
      const hashes = input.flag('hashes');
      const exporter = await exporterOf(context);
      const file = await PrivateFile.create(path);
      try {
        const users = await exporter.run(hashes, (lines) => file.write(lines));
        const text = `${users} users are in ${path}${hashes ? ', with their password hashes' : ''}.`;
        return { text, data: { file: path, users, hashes } };
      } finally {
        await file.close();
      }
    },
  },
];
