import { EmailTakenError, type NewUser, USER_ROLE, type UsersRepository } from 'latchkey';

/** Fits no password: who has none sets one with "forgot password", which also proves the address. */
const NO_PASSWORD = '!';

type Account = Omit<NewUser, 'roles'>;

/** A line of Auth0's export, with the hash that its support adds. */
export interface Auth0User {
  readonly email: string;
  readonly name?: string;
  readonly email_verified?: boolean;
  readonly passwordHash?: string;
}

export function fromAuth0({ email, name, email_verified, passwordHash }: Auth0User): Account {
  return account(email, name, email_verified, passwordHash);
}

/** A row of `select email, encrypted_password, email_confirmed_at, raw_user_meta_data from auth.users`. */
export interface SupabaseUser {
  readonly email: string;
  readonly encrypted_password: string | null;
  readonly email_confirmed_at: string | null;
  readonly raw_user_meta_data: { readonly name?: string } | null;
}

export function fromSupabase(user: SupabaseUser): Account {
  const { email, encrypted_password: hash, email_confirmed_at: confirmed, raw_user_meta_data: meta } = user;
  return account(email, meta?.name, confirmed !== null, hash ?? undefined);
}

/** One of `users` of `firebase auth:export users.json`. */
export interface FirebaseUser {
  readonly email: string;
  readonly displayName?: string;
  readonly emailVerified?: boolean;
  readonly passwordHash?: string;
  readonly salt?: string;
}

export function fromFirebase({
  email,
  displayName,
  emailVerified,
  passwordHash,
  salt,
}: FirebaseUser): Account {
  const hash = passwordHash && `$firebase-scrypt$0$${standard(salt ?? '')}$${standard(passwordHash)}`;
  return account(email, displayName, emailVerified, hash);
}

/** One of `users` of `kc.sh export --users realm_file`. */
export interface KeycloakUser {
  readonly email: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly emailVerified?: boolean;
  readonly credentials?: readonly {
    readonly type: string;
    readonly secretData: string;
    readonly credentialData: string;
  }[];
}

export function fromKeycloak({
  email,
  firstName,
  lastName,
  emailVerified,
  credentials,
}: KeycloakUser): Account {
  const name = [firstName, lastName].filter(Boolean).join(' ');
  const password = credentials?.find(({ type }) => type === 'password');
  return account(email, name || undefined, emailVerified, password && keycloakHash(password));
}

/** Argon2id in its usual notation, which Latchkey verifies itself; PBKDF2 as `ImportedPasswords` reads it. */
function keycloakHash(credential: { readonly secretData: string; readonly credentialData: string }): string {
  const { value, salt } = JSON.parse(credential.secretData) as { value: string; salt: string };
  const { algorithm, hashIterations, additionalParameters } = JSON.parse(credential.credentialData) as {
    algorithm: string;
    hashIterations: number;
    additionalParameters?: Readonly<Record<string, readonly string[]>>;
  };
  if (algorithm !== 'argon2') {
    const kind = algorithm === 'pbkdf2' ? 'pbkdf2-sha1' : algorithm;
    return `$keycloak-${kind}$${hashIterations}$${salt}$${value}`;
  }
  const [memory, lanes] = ['memory', 'parallelism'].map((name) => additionalParameters?.[name]?.[0]);
  const [saltPart, hashPart] = [salt, value].map((part) => part.replace(/=+$/, ''));
  return `$argon2id$v=19$m=${memory},t=${hashIterations},p=${lanes}$${saltPart}$${hashPart}`;
}

function account(email: string, name?: string, verified = false, passwordHash = NO_PASSWORD): Account {
  return { email, name: name ?? null, emailVerified: verified, passwordHash };
}

/** Firebase exports base64url. */
function standard(base64url: string): string {
  return Buffer.from(base64url, 'base64url').toString('base64');
}

/** @returns the addresses that had an account already: run again, it goes on where it was stopped */
export async function importUsers(users: UsersRepository, accounts: Iterable<Account>): Promise<string[]> {
  const taken: string[] = [];
  for (const one of accounts) {
    try {
      await users.create({ ...one, roles: [USER_ROLE] });
    } catch (error) {
      if (!(error instanceof EmailTakenError)) throw error;
      taken.push(one.email);
    }
  }
  return taken;
}
