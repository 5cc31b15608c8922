import { createCipheriv, pbkdf2, scrypt, type ScryptOptions, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Injectable } from '@nestjs/common';
import {
  type LatchkeyComposition,
  PasswordHasher,
  type PasswordVerification,
  WorkerPasswordHasher,
} from 'latchkey';

const derive = promisify(pbkdf2);
const deriveScrypt = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** The password hash parameters of a Firebase project, from its console. The signer key is a secret. */
abstract class FirebaseParameters {
  abstract readonly signerKey: string;
  abstract readonly saltSeparator: string;
  abstract readonly rounds: number;
  abstract readonly memoryCost: number;
}

/** `$keycloak-pbkdf2-sha512$210000$salt$hash` or `$firebase-scrypt$0$salt$hash`, both parts in base64. */
const IMPORTED =
  /^\$(keycloak-pbkdf2-(?:sha1|sha256|sha512)|firebase-scrypt)\$(\d+)\$([\w+/=]*)\$([\w+/=]+)$/;
/** For accounts with a hash of Latchkey's, so that the time of an answer says nothing about an account. */
const DECOY = `$keycloak-pbkdf2-sha512$210000$AAAA$${Buffer.alloc(64).toString('base64')}`;

/** Passwords that were hashed by Keycloak or Firebase; each is hashed as Latchkey does at its user's next login. */
@Injectable()
class ImportedPasswords extends PasswordHasher {
  constructor(
    private readonly own: WorkerPasswordHasher,
    private readonly firebase: FirebaseParameters,
  ) {
    super();
  }

  hash(password: string, gone?: AbortSignal): Promise<string> {
    return this.own.hash(password, gone);
  }

  async verify(password: string, hash: string | null, gone?: AbortSignal): Promise<PasswordVerification> {
    const isImported = hash !== null && IMPORTED.test(hash);
    // First, since it refuses where too many wait.
    const verified = await this.own.verify(password, isImported ? null : hash, gone);
    const matches = await this.matches(password, isImported ? hash : DECOY);
    return isImported ? { matches, outdated: matches } : verified;
  }

  private async matches(password: string, stored: string): Promise<boolean> {
    const [, kind = '', iterations, ...parts] = IMPORTED.exec(stored) ?? [];
    const [salt, expected] = parts.map((part) => Buffer.from(part, 'base64'));
    if (!salt || !expected) return false;
    const actual =
      kind === 'firebase-scrypt'
        ? await this.firebaseHash(password, salt)
        : await derive(password, salt, Number(iterations), expected.length, kind.slice(16));
    return actual.length === expected.length && timingSafeEqual(actual, expected);
  }

  /** Firebase encrypts its signer key by what scrypt derives. */
  private async firebaseHash(password: string, salt: Buffer): Promise<Buffer> {
    const { signerKey, saltSeparator, rounds, memoryCost } = this.firebase;
    const salted = Buffer.concat([salt, Buffer.from(saltSeparator, 'base64')]);
    const key = await deriveScrypt(password, salted, 32, { N: 2 ** memoryCost, r: rounds, p: 1 });
    return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.from(signerKey, 'base64'));
  }
}

export const withImportedPasswords = (firebase: FirebaseParameters): LatchkeyComposition => ({
  providers: [
    WorkerPasswordHasher,
    { provide: FirebaseParameters, useValue: firebase },
    { provide: PasswordHasher, useClass: ImportedPasswords },
  ],
});
