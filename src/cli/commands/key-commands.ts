import { writtenKey } from '../../tokens/keys/listed-key.js';
import { SigningKeyRotation } from '../../tokens/keys/signing-key-rotation.js';
import { SigningKeys } from '../../tokens/keys/signing-keys.js';
import type { Command } from '../framework/command.js';
import { textTable } from '../framework/text-table.js';
import { exportPem, publicPems } from './pem-export.js';

export const KEY_COMMANDS: readonly Command[] = [
  {
    name: 'keys list',
    summary: 'The signing keys: what they do, and from when until when.',
    run: async (context) => {
      const keys = (await (await context.service(SigningKeyRotation)).list()).map(writtenKey);
      const titles = ['kid', 'alg', 'state', 'signs from', 'signs until', 'verifies until'];
      return {
        text: textTable(
          titles,
          keys.map((key) => Object.values(key)),
        ),
        data: keys,
      };
    },
  },
  {
    name: 'keys rotate',
    summary: 'Publishes the next signing key now; it signs when every cache of the JWKS has it.',
    run: async (context) => {
      const key = await (await context.service(SigningKeyRotation)).rotate();
      const { kid, alg } = key;
      const signsFrom = key.signsFrom.toISOString();
      return {
        text: `The ${alg} key ${kid} is published and signs from ${signsFrom}.`,
        data: { kid, alg, signsFrom },
      };
    },
  },
  {
    name: 'keys revoke',
    arguments: [{ name: 'kid', dashed: true }],
    summary: 'For a leaked key: its tokens die within a second, and another key signs at once.',
    confirmation: (input) => `Revoke the key ${input.argument('kid')}, and all tokens that it signed?`,
    run: async (context, input) => {
      const kid = input.argument('kid');
      await (await context.service(SigningKeyRotation)).revoke(kid);
      return { text: `The key ${kid} is revoked. Its tokens are refused.`, data: { kid, revoked: true } };
    },
  },
  {
    name: 'keys export',
    options: [
      { name: 'pem', summary: 'as PEM, the one form there is', required: true },
      { name: 'out', value: 'directory', summary: 'writes one file each there, and what HAProxy reads' },
    ],
    summary: 'The public keys of the JWKS as PEM, printed or one file each, for gateways that read no JWKS.',
    run: async (context, input) => {
      const { all } = await context.service(SigningKeys);
      const directory = input.option('out');
      if (directory !== undefined) {
        const text = exportPem(all, directory);
        return { text, data: { directory, kids: all.map(({ kid }) => kid) } };
      }
      const pems = publicPems(all);
      const text = pems.map(({ kid, alg, pem }) => `# ${kid} ${alg}\n${pem}`).join('');
      return { text: text.trimEnd(), data: pems };
    },
  },
];
