import { createReadStream, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { readHash } from '../../auth/passwords/formats/read-hash.js';
import { LineProblem } from '../line-problem.js';
import { type ImportedUser, readUserLine } from '../user-line.js';
import { readAuth0Hashes } from './auth0.js';
import { readFirebaseHashConfig } from './firebase.js';
import { FORMATS_WITH_OTHER_IDS, type SourceOptions, USER_SOURCES } from './user-sources.js';

const NOW = Date.UTC(2026, 0, 31);
const PASSWORD = 'correct horse battery staple';

const sample = (name: string) => new URL(`../../../test/support/exports/${name}`, import.meta.url);

/** What an import makes of each user: whether their password logs in, or why they are refused. */
async function outcomes(format: string, name: string, options: Omit<SourceOptions, 'now'> = {}) {
  const rules = {
    now: NOW,
    roles: new Set(['user']),
    indexedFields: new Set<string>(),
    maxOwnCost: 15,
    mapIds: FORMATS_WITH_OTHER_IDS.has(format),
  };
  const users = USER_SOURCES.get(format)?.(createReadStream(sample(name)), { now: NOW, ...options }) ?? [];
  const told: unknown[] = [];
  for await (const { value } of users) {
    try {
      if (value instanceof LineProblem) throw value;
      told.push(await summaryOf(readUserLine(value, rules)));
    } catch (error) {
      if (!(error instanceof LineProblem)) throw error;
      told.push(`${error.code}: ${error.message}`);
    }
  }
  return told;
}

async function summaryOf({ record, hasPassword }: ImportedUser): Promise<unknown[]> {
  const { email, name, emailVerifiedAt, disabledAt, createdAt, passwordHash } = record;
  const state = [emailVerifiedAt ? 'verified' : 'unverified', ...(disabledAt ? ['disabled'] : [])].join(', ');
  const password = hasPassword ? await readHash(passwordHash).matches(PASSWORD) : 'no password';
  return [email, name, state, createdAt.toISOString(), password];
}

it('of Auth0 its users and the file of their hashes', async () => {
  const auth0Hashes = await readAuth0Hashes(createReadStream(sample('auth0-hashes.ndjson')));
  expect(await outcomes('auth0', 'auth0-users.ndjson', { auth0Hashes })).toEqual([
    ['ann@example.com', null, 'verified', '2019-12-06T18:36:12.412Z', true],
    ['euclid@example.com', 'Euclid of Alexandria', 'unverified, disabled', '2020-03-14T09:26:53.589Z', true],
    ['gus@example.com', 'Gus Grant', 'verified', '2021-07-01T11:00:00.000Z', 'no password'],
    'HASH_UNSUPPORTED: The file of hashes has none for this id, or more than one.',
    'EMAIL_INVALID: email must be a text.',
  ]);
});

it('of Auth0 the file of hashes by itself, which has addresses, too', async () => {
  const now = new Date(NOW).toISOString();
  expect(await outcomes('auth0', 'auth0-hashes.ndjson')).toEqual([
    ['ann@example.com', null, 'verified', now, true],
    ['euclid@example.com', null, 'unverified', now, true],
    ['lost@example.com', null, 'verified', now, 'no password'],
  ]);
});

it('of Firebase what the command exports, with the parameters that the console shows', async () => {
  const text = readFileSync(sample('firebase-hash-config.txt'), 'utf8');
  const firebaseHash = readFirebaseHashConfig(text);
  expect(await outcomes('firebase', 'firebase-users.json', { firebaseHash })).toEqual([
    ['ann@example.com', 'Ann Lee', 'verified', '2024-05-01T12:00:00.000Z', true],
    ['gus@example.com', 'Gus Grant', 'verified', '2024-05-01T12:03:20.000Z', 'no password'],
    'HASH_UNSUPPORTED: The hash is redacted: export as an owner of the project.',
    'EMAIL_INVALID: email must be a text.',
  ]);
  expect(() => readFirebaseHashConfig(text.replace('SCRYPT', 'HMAC_SHA256'))).toThrow(
    'Hashes of HMAC_SHA256 are not known',
  );
});

it('of Supabase the table as psql copies it', async () => {
  expect(await outcomes('supabase', 'supabase-users.csv')).toEqual([
    ['ann@example.com', 'Ann "Annie" Lee', 'verified', '2024-05-01T12:34:56.789Z', true],
    ['gus@example.com', 'Gus Grant', 'verified', '2024-05-01T12:34:56.789Z', 'no password'],
    ['bea@example.com', null, 'unverified, disabled', '2024-05-01T12:34:56.789Z', true],
    'EMAIL_INVALID: email must be an e-mail address.',
    'NOT_A_USER: The user is anonymous (is_anonymous), and nothing logs them in.',
    'NOT_A_USER: The user was deleted (deleted_at).',
  ]);
});

it('of Keycloak a realm with its users', async () => {
  expect(await outcomes('keycloak', 'keycloak-realm.json')).toEqual([
    ['ann@example.com', 'Ann Lee', 'verified', '2024-05-01T12:00:00.000Z', true],
    ['bea@example.com', null, 'verified, disabled', '2024-05-01T12:00:00.000Z', true],
    ['ldap@example.com', null, 'verified', '2024-05-01T12:00:00.000Z', 'no password'],
    'HASH_UNSUPPORTED: The password is none of Keycloak 9 and later, or of another kind.',
    'NOT_A_USER: This is the service account of a client.',
  ]);
});
