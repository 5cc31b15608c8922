import { Injectable, Logger } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { hasPassword, type User } from '../../users/user.js';
import { UsersService } from '../../users/users.service.js';
import { PasswordHasher, type PasswordVerification } from '../passwords/password-hasher.js';
import { InvalidCredentialsError } from '../sign-in/invalid-credentials.error.js';

/** Passwords that are kept here, by their hashes. */
@Injectable()
export class LocalPasswords {
  private readonly logger = new Logger('Login');

  constructor(
    private readonly users: UsersService,
    private readonly hasher: PasswordHasher,
  ) {}

  /** Takes as long where there is no user, or none with such a password. */
  async verify(user: User | undefined, password: string, client: ClientInfo): Promise<PasswordVerification> {
    const hash = user && hasPassword(user) ? user.passwordHash : null;
    return this.hasher.verify(password, hash, client.gone);
  }

  /** The same password, hashed anew. @throws InvalidCredentialsError if it was changed since it was checked */
  async upgrade(user: User, password: string): Promise<User> {
    let passwordHash: string;
    try {
      passwordHash = await this.hasher.hash(password);
    } catch (error) {
      // The password is right, and the old hash still serves.
      this.logger.warn(`A password hash could not be upgraded: ${(error as Error).message}`);
      return user;
    }
    if (!(await this.users.upgradePasswordHash(user, passwordHash))) throw new InvalidCredentialsError();
    return { ...user, passwordHash };
  }
}
