import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '../../../test/support/test-config.js';
import { ConfigurationError } from '../../config/configuration-error.js';
import { clientSecretHash } from './client-secret.js';
import { readFixedClients } from './read-fixed-clients.js';

const SECRET = 'Zk3v9QpX7mT1bR5wY8nL2cF6hJ4dG0sA';
const SHOP = {
  id: 'shop',
  name: 'Shop',
  type: 'public',
  redirectUris: ['https://shop.example.com/callback'],
};
const API = { id: 'api', name: 'API', type: 'confidential', grants: ['client_credentials'] };

const directory = temporaryDirectory();
afterAll(() => directory.remove());

function problemsOf(...entries: object[]): readonly string[] {
  try {
    readFixedClients(entries);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems;
  }
}

describe('Clients of a file', () => {
  it('are those of the routes, with an id of their own', () => {
    expect(readFixedClients([SHOP])).toEqual([
      {
        id: 'shop',
        settings: expect.objectContaining({
          name: 'Shop',
          authMethod: 'none',
          scopes: ['openid', 'profile', 'email'],
        }),
        secretHashes: [],
      },
    ]);
  });

  it('have secrets by their hashes, by a file, or both', () => {
    const secretFile = join(directory.path, 'api-secret');
    writeFileSync(secretFile, `${SECRET}\n`);
    const other = clientSecretHash('another');
    const [both] = readFixedClients([{ ...API, secretHashes: [other], secretFile }]);
    expect(both?.secretHashes).toEqual([other, clientSecretHash(SECRET)]);
    expect(JSON.stringify(both)).not.toContain(SECRET);
  });

  const weak = join(directory.path, 'weak');
  writeFileSync(weak, 'secret'.repeat(10));
  const wrong: [string, object[], RegExp][] = [
    ['no id', [{ name: 'Shop' }], /^OAUTH_CLIENTS: entry 1: id must be/],
    ['an id that is not one', [{ ...SHOP, id: 'Shop' }], /entry 1: id must be/],
    [
      'the id of the routes of Latchkey itself',
      [{ ...SHOP, id: 'latchkey' }],
      /entry 1: the id latchkey stands for .*another/,
    ],
    [
      'the id of Swagger UI',
      [{ ...SHOP, id: 'latchkey-docs' }],
      /client latchkey-docs: .*Swagger UI.*another/,
    ],
    ['an id twice', [SHOP, SHOP], /client shop: there are two of this id/],
    ['no name', [{ ...SHOP, name: undefined }], /client shop: name must be/],
    ['what is not known', [{ ...SHOP, redirect_uris: [] }], /client shop: .*redirect_uris/],
    ['a name that every object has', [{ ...SHOP, constructor: 1 }], /client shop: constructor is not known/],
    ['a wrong address', [{ ...SHOP, redirectUris: ['http://a.example'] }], /client shop: redirectUris must/],
    ['no secret', [API], /client api: secretHashes or secretFile must be given/],
    [
      'a secret of a public client',
      [{ ...SHOP, secretHashes: ['0'.repeat(64)] }],
      /client shop: secretHashes/,
    ],
    ['a secret itself', [{ ...API, secretHashes: [SECRET] }], /client api: each of secretHashes must be/],
    ['a weak secret', [{ ...API, secretFile: weak }], /client api: secretFile must hold/],
    [
      'a file that there is not',
      [{ ...API, secretFile: '/none' }],
      /client api: secretFile \/none cannot be read \(ENOENT\)/,
    ],
    [
      'a secret in place of its file',
      [{ ...API, secretFile: SECRET }],
      /client api: secretFile cannot be read \(ENOENT\)/,
    ],
  ];

  it.each(wrong)('are refused with %s', (_, entries, problem) => {
    const problems = problemsOf(...entries);
    expect(problems).toEqual([expect.stringMatching(problem)]);
    expect(problems.join()).not.toContain(SECRET);
  });

  it('are refused with each thing that is wrong', () => {
    expect(problemsOf({ ...SHOP, redirectUris: [] }, API, {})).toHaveLength(3);
  });
});
