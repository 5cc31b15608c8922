import { type ListedKey, SigningKeyRotation } from '../tokens/keys/signing-key-rotation.js';
import { SigningKeys } from '../tokens/keys/signing-keys.js';
import type { Command } from './command.js';
import { exportPem, pemOf } from './pem-export.js';

export const KEY_COMMANDS: readonly Command[] = [
  {
    name: 'keys list',
    summary: 'The signing keys: what they do, and from when until when.',
    run: async (app) => tableOf(await app.get(SigningKeyRotation).list()),
  },
  {
    name: 'keys rotate',
    summary: 'Publishes the next signing key now; it signs when every cache of the JWKS has it.',
    run: async (app) => {
      const { kid, alg, signsFrom } = await app.get(SigningKeyRotation).rotate();
      return `The ${alg} key ${kid} is published and signs from ${signsFrom.toISOString()}.`;
    },
  },
  {
    name: 'keys revoke',
    arguments: ['kid'],
    summary: 'For a leaked key: its tokens die within a second, and another key signs at once.',
    run: async (app, kid = '') => {
      await app.get(SigningKeyRotation).revoke(kid);
      return `The key ${kid} is revoked. Its tokens are refused.`;
    },
  },
  {
    name: 'keys export',
    options: '--pem [--out <directory>]',
    summary: 'The public keys of the JWKS as PEM, printed or one file each, for gateways that read no JWKS.',
    accepts: ([format, option, directory, ...others]) =>
      format === '--pem' &&
      others.length === 0 &&
      (option === undefined || (option === '--out' && directory !== undefined && directory !== '')),
    run: (app, _format, _option, directory) => {
      const keys = app.get(SigningKeys).all;
      return Promise.resolve(directory === undefined ? pemOf(keys) : exportPem(keys, directory));
    },
  },
];

function tableOf(keys: readonly ListedKey[]): string {
  const rows = keys.map((key) => [
    key.kid,
    key.alg,
    key.state,
    key.signsFrom.toISOString(),
    key.signsUntil?.toISOString() ?? '-',
    key.verifiesUntil?.toISOString() ?? '-',
  ]);
  const table = [['kid', 'alg', 'state', 'signs from', 'signs until', 'verifies until'], ...rows];
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
