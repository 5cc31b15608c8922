import { hash, randomUUID } from 'node:crypto';
import { PasswordHasher, type PasswordVerification } from '../../auth/passwords/password-hasher.js';

/** Takes microseconds, and so would guessing: for tests alone. */
export class QuickPasswordHasher extends PasswordHasher {
  hash(password: string): Promise<string> {
    return Promise.resolve(textOf(password, randomUUID()));
  }

  verify(password: string, hashed: string | null): Promise<PasswordVerification> {
    const [, , salt = ''] = hashed?.split('$') ?? [];
    return Promise.resolve({ matches: hashed === textOf(password, salt), outdated: false });
  }
}

function textOf(password: string, salt: string): string {
  return `$test$${salt}$${hash('sha256', salt + password, 'base64url')}`;
}
