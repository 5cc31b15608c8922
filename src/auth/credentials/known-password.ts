import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { hasPassword, type User } from '../../users/user.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { ExternalPasswords } from './external-passwords.js';

/** The password of a user who is known, wherever it is kept. */
@Injectable()
export class KnownPassword {
  constructor(
    private readonly hasher: PasswordHasher,
    private readonly external: ExternalPasswords,
  ) {}

  /** @throws UnavailableError, CallerGoneError */
  async isOf(user: User, password: string, client: ClientInfo): Promise<boolean> {
    if (!hasPassword(user)) return this.external.isOf(user, password, client);
    return (await this.hasher.verify(password, user.passwordHash, client.gone)).matches;
  }
}
