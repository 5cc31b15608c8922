import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { FOREIGN_HASHES } from '../../../test/support/foreign-hashes.js';
import { readHash } from '../../auth/passwords/formats/read-hash.js';
import { LineProblem } from '../line-problem.js';
import type { FoundUser } from '../reading/json-lines.js';
import { auth0Users, readAuth0Hashes } from './auth0.js';
import { firebaseUsers, readFirebaseHashConfig } from './firebase.js';
import { keycloakUsers } from './keycloak.js';
import { supabaseUsers } from './supabase.js';

const NOW = Date.UTC(2026, 0, 31);
const BCRYPT = `$2b$10$${'a'.repeat(53)}`;

function file(text: string): Readable {
  return Readable.from([Buffer.from(text)]);
}

async function all(found: AsyncIterable<FoundUser>): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const { value } of found) values.push(value instanceof LineProblem ? value.code : value);
  return values;
}

const linesOf = (...values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');

describe('What Auth0 exports', () => {
  const user = {
    user_id: 'auth0|60425dc43519d90068f82973',
    email: 'ann@example.com',
    email_verified: true,
    name: 'ann@example.com',
    nickname: 'ann',
    created_at: '2024-05-01T12:00:00.123Z',
    identities: [{ connection: 'Username-Password-Authentication', provider: 'auth0' }],
  };

  it('becomes lines, with the hashes of its second file', async () => {
    const hashes = await readAuth0Hashes(
      file(
        linesOf({
          _id: { $oid: '60425dc43519d90068f82973' },
          email_verified: true,
          email: 'ann@example.com',
          passwordHash: BCRYPT,
          password_set_date: { $date: '2024-05-01T12:00:00.123Z' },
          tenant: 'example',
          connection: 'Username-Password-Authentication',
          _tmp_is_unique: true,
        }),
      ),
    );
    const bob = { user_id: 'google-oauth2|1', email: 'bob@example.com', name: 'Bob', blocked: true };
    expect(await all(auth0Users(file(linesOf(user, bob, { email: 'x@example.com' })), hashes))).toEqual([
      {
        id: user.user_id,
        email: user.email,
        emailVerified: true,
        createdAt: user.created_at,
        passwordHash: BCRYPT,
      },
      { id: bob.user_id, email: bob.email, name: 'Bob', disabled: true },
      'ID_INVALID',
    ]);
  });

  it('is refused where its second file has two hashes for one id', async () => {
    const record = (hash: string) => ({ _id: { $oid: '60425dc43519d90068f82973' }, passwordHash: hash });
    const hashes = await readAuth0Hashes(file(linesOf(record(BCRYPT), record(BCRYPT.replace('a', 'b')))));
    expect(await all(auth0Users(file(linesOf(user)), hashes))).toEqual(['HASH_UNSUPPORTED']);
  });

  it('has other hashes than those: the import fails', async () => {
    await expect(readAuth0Hashes(file('{"email":"ann@example.com"}\n'))).rejects.toThrow(
      'Line 1 of the hashes',
    );
  });
});

describe('What Firebase exports', () => {
  const vector = FOREIGN_HASHES.find(({ format }) => format === 'firebase-scrypt');
  const [, parameters = '', salt = '', passwordHash = ''] =
    /^\$fbscrypt\$(.*)\$(.*)\$(.*)$/.exec(vector?.hash ?? '') ?? [];
  const [, signerKey = ''] = /sk=(.*)/.exec(parameters) ?? [];
  const base64url = (text: string) => text.replaceAll('+', '-').replaceAll('/', '_');
  const users = {
    users: [
      {
        localId: 'k3v9QpX7mT1bR5wY8nL2cF6hJ4d2',
        email: 'ann@example.com',
        emailVerified: false,
        passwordHash: base64url(passwordHash),
        salt: base64url(salt),
        displayName: 'Ann',
        lastSignedInAt: '1714564800000',
        createdAt: '1714564800000',
        providerUserInfo: [],
      },
    ],
  };
  const console = `hash_config {
    algorithm: SCRYPT,
    base64_signer_key: ${signerKey},
    base64_salt_separator: Bw==,
    rounds: 8,
    mem_cost: 14,
  }`;

  it('becomes lines, with hashes that match the passwords', async () => {
    const config = readFirebaseHashConfig(console);
    const [line] = await all(firebaseUsers(file(JSON.stringify(users)), config));
    expect(line).toEqual({
      id: 'k3v9QpX7mT1bR5wY8nL2cF6hJ4d2',
      email: 'ann@example.com',
      name: 'Ann',
      emailVerified: false,
      createdAt: '2024-05-01T12:00:00.000Z',
      passwordHash: vector?.hash,
    });
    const { passwordHash: hash } = line as { passwordHash: string };
    expect(readHash(hash).matches(vector?.password ?? '')).toBe(true);
  });

  it('is refused where a user has a password and the parameters are missing', async () => {
    expect(await all(firebaseUsers(file(JSON.stringify(users))))).toEqual(['HASH_UNSUPPORTED']);
    expect(() => readFirebaseHashConfig('{"rounds": 8}')).toThrow('no base64_signer_key');
  });
});

describe('What Supabase has in auth.users', () => {
  const id = '0195a3b2-3c4d-7e5f-8a6b-7c8d9e0f1a2b';
  const expected = {
    id,
    email: 'ann@example.com',
    name: 'Ann',
    emailVerified: true,
    disabled: false,
    createdAt: '2024-05-01T12:34:56.789+00:00',
    passwordHash: BCRYPT,
  };
  const row = {
    id,
    email: 'ann@example.com',
    encrypted_password: BCRYPT,
    email_confirmed_at: '2024-05-01T12:34:56.789+00:00',
    raw_user_meta_data: { name: 'Ann' },
    created_at: '2024-05-01T12:34:56.789+00:00',
    banned_until: null,
    deleted_at: null,
  };

  it('becomes lines, as CSV, as a JSON array and as JSON lines', async () => {
    const csv = `id,email,encrypted_password,email_confirmed_at,raw_user_meta_data,created_at,banned_until,deleted_at
${id},ann@example.com,${BCRYPT},2024-05-01 12:34:56.789+00,"{""name"": ""Ann""}",2024-05-01 12:34:56.789+00,,
`;
    for (const text of [csv, JSON.stringify([row]), linesOf(row)]) {
      expect(await all(supabaseUsers(file(text), NOW))).toEqual([expected]);
    }
  });

  it('is no dump in SQL, which has to be restored first', async () => {
    for (const text of [
      '--\n-- PostgreSQL database dump\n',
      'INSERT INTO "auth"."users" VALUES',
      'COPY auth.users',
    ]) {
      await expect(all(supabaseUsers(file(text), NOW))).rejects.toThrow('dump in SQL');
    }
  });

  it('has users who are banned, without a password, or deleted', async () => {
    const banned = { ...row, encrypted_password: '', banned_until: '2100-01-01T00:00:00+00:00' };
    const deleted = { ...row, deleted_at: '2025-01-01T00:00:00+00:00' };
    const { passwordHash: _hash, ...without } = expected;
    expect(await all(supabaseUsers(file(linesOf(banned, deleted)), NOW))).toEqual([
      { ...without, disabled: true },
      'NOT_A_USER',
    ]);
  });
});

describe('What Keycloak exports', () => {
  const user = (credentials: unknown) => ({
    id: 'e1f0b7a4-9b5c-4a51-8f5e-2d8b6d1f7a11',
    username: 'ann',
    email: 'ann@example.com',
    firstName: 'Ann',
    lastName: 'Lee',
    enabled: false,
    emailVerified: true,
    createdTimestamp: 1714564800000,
    credentials,
    realmRoles: ['default-roles-example'],
  });
  const credential = (secretData: unknown, credentialData: unknown) => ({
    id: 'c1',
    type: 'password',
    createdDate: 1714564800000,
    secretData: JSON.stringify(secretData),
    credentialData: JSON.stringify(credentialData),
  });
  const imported = async (...users: unknown[]) =>
    all(keycloakUsers(file(JSON.stringify({ realm: 'example', roles: { realm: [{}] }, users }))));
  const vectorOf = (pattern: RegExp) => FOREIGN_HASHES.find(({ hash }) => pattern.test(hash));

  it('becomes lines', async () => {
    expect(await imported(user([]))).toEqual([
      {
        id: 'e1f0b7a4-9b5c-4a51-8f5e-2d8b6d1f7a11',
        email: 'ann@example.com',
        name: 'Ann Lee',
        emailVerified: true,
        disabled: true,
        createdAt: '2024-05-01T12:00:00.000Z',
      },
    ]);
  });

  it('has PBKDF2 and Argon2id, which match the passwords', async () => {
    const pbkdf2 = vectorOf(/^\$pbkdf2-sha256\$i=1200/);
    const argon2 = vectorOf(/^\$argon2id\$v=19\$m=512/);
    const [, , , pbkdf2Salt, pbkdf2Value] = pbkdf2?.hash.split('$') ?? [];
    const [, , , , argonSalt, argonValue] = argon2?.hash.split('$') ?? [];
    const lines = await imported(
      user([
        credential(
          { value: pbkdf2Value, salt: pbkdf2Salt, additionalParameters: {} },
          { hashIterations: 1200, algorithm: 'pbkdf2-sha256', additionalParameters: {} },
        ),
      ]),
      user([
        credential(
          { value: `${argonValue}=`, salt: `${argonSalt}==`, additionalParameters: {} },
          {
            hashIterations: 2,
            algorithm: 'argon2',
            additionalParameters: {
              hashLength: ['32'],
              memory: ['512'],
              type: ['id'],
              version: ['1.3'],
              parallelism: ['4'],
            },
          },
        ),
      ]),
    );
    const hashes = lines.map((line) => (line as { passwordHash: string }).passwordHash);
    expect(hashes).toEqual([pbkdf2?.hash, argon2?.hash]);
    expect(await readHash(hashes[0] ?? '').matches(pbkdf2?.password ?? '')).toBe(true);
    expect(await readHash(hashes[1] ?? '').matches(argon2?.password ?? '')).toBe(true);
  });

  it('is refused where a password is of another kind', async () => {
    const bare = { type: 'password', hashedSaltedValue: 'x', salt: 'y' };
    const other = credential({ value: 'eA==', salt: 'eQ==' }, { hashIterations: 1, algorithm: 'custom' });
    expect(await imported(user([bare]), user([other]))).toEqual(['HASH_UNSUPPORTED', 'HASH_UNSUPPORTED']);
  });
});
