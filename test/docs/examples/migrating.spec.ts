import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hashSync } from '@node-rs/argon2';
import { UsersRepository } from 'latchkey';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { fromAuth0, fromFirebase, fromKeycloak, fromSupabase, importUsers } from './exported-users.js';
import { withImportedPasswords } from './imported-passwords.js';

/** Those of a vector that Firebase has published, as the password below. */
const FIREBASE = {
  signerKey: 'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==',
  saltSeparator: 'Bw==',
  rounds: 8,
  memoryCost: 14,
};
const FIREBASE_HASH =
  'lSrfV15cpx95_sZS2W9c9Kp6i_LVgQNDNC_qzrCnh1SAyZvqmZqAjTdn3aoItz-VHjoZilo78198JAdRuid5lQ==';

/** Of `correct horse`, cost 4. */
const BCRYPT = '$2b$04$3O.KP.TC3OhfhkLJ5qk0k./kDGCdP4scaeSwyz0oLL.0JHFMbFnlC';

const argon2 = hashSync('correct horse', { memoryCost: 7_168, timeCost: 5, parallelism: 1 }).split('$');

function keycloak(email: string, secret: object, data: object) {
  return fromKeycloak({
    email,
    firstName: 'Ada',
    lastName: 'Lovelace',
    emailVerified: true,
    credentials: [
      { type: 'otp', secretData: '{}', credentialData: '{}' },
      { type: 'password', secretData: JSON.stringify(secret), credentialData: JSON.stringify(data) },
    ],
  });
}

const ACCOUNTS = [
  fromAuth0({ email: 'auth0@example.com', name: 'Ada', email_verified: true, passwordHash: BCRYPT }),
  fromSupabase({
    email: 'supabase@example.com',
    encrypted_password: BCRYPT.replace('$2b$', '$2a$'),
    email_confirmed_at: '2026-01-01 00:00:00+00',
    raw_user_meta_data: null,
  }),
  fromFirebase({
    email: 'firebase@example.com',
    displayName: 'Ada',
    emailVerified: true,
    passwordHash: FIREBASE_HASH,
    salt: '42xEC-ixf3L2lw==',
  }),
  keycloak(
    'pbkdf2@example.com',
    { salt: 'x/bm4Y3DcuV9eU97ervkPA==', value: '1u7BLvfSPxQFpwc5jpGSA+88EGl9pZYKhaZ8YPIu9N4=' },
    { hashIterations: 27_500, algorithm: 'pbkdf2-sha256' },
  ),
  keycloak(
    'argon2@example.com',
    { salt: argon2.at(-2), value: argon2.at(-1) },
    {
      hashIterations: 5,
      algorithm: 'argon2',
      additionalParameters: { type: ['id'], memory: ['7168'], parallelism: ['1'] },
    },
  ),
  fromFirebase({ email: 'passwordless@example.com' }),
];

describe('Users of other services', () => {
  let server: TestApp;
  const hashOf = async (email: string) =>
    (await server.app.get(UsersRepository, { strict: false }).findByEmail(email))?.passwordHash;

  beforeAll(async () => {
    server = await startTestApp({
      ...withImportedPasswords(FIREBASE),
      environment: { LOGIN_RATE_LIMIT: '1000/1m' },
    });
    await importUsers(server.app.get(UsersRepository, { strict: false }), ACCOUNTS);
  });
  afterAll(() => server.close());

  it.each([
    ['auth0@example.com', 'correct horse'],
    ['supabase@example.com', 'correct horse'],
    ['firebase@example.com', 'user1password'],
    ['pbkdf2@example.com', 'admin'],
    ['argon2@example.com', 'correct horse'],
  ])('log in with their password, %s, which is hashed anew then', async (email, password) => {
    const imported = await hashOf(email);
    expect((await server.api.login(email, `${password}!`)).status).toBe(401);
    expect(await hashOf(email)).toBe(imported);

    const { status, body } = await server.api.login(email, password);
    expect([status, body.user.emailVerified]).toEqual([200, true]);
    expect(await hashOf(email)).toMatch(/^\$bcrypt-sha256\$/);
    expect((await server.api.login(email, password)).status).toBe(200);
    expect((await server.api.login(email, `${password}!`)).status).toBe(401);
  });

  it('log in with no password where they had none', async () => {
    expect((await server.api.login('passwordless@example.com', '!')).status).toBe(401);
  });

  it('are brought once, however often the import runs', async () => {
    const users = server.app.get(UsersRepository, { strict: false });
    expect(await importUsers(users, ACCOUNTS)).toEqual(ACCOUNTS.map(({ email }) => email));
  });
});
