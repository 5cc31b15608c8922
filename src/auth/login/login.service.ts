import { Injectable, Logger } from '@nestjs/common';
import type { User } from '../../users/user.js';
import { AccountDisabledError } from '../../users/users.errors.js';
import { UsersService } from '../../users/users.service.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { InvalidCredentialsError } from './login.errors.js';

@Injectable()
export class LoginService {
  private readonly logger = new Logger('Login');

  constructor(
    private readonly users: UsersService,
    private readonly hasher: PasswordHasher,
  ) {}

  /**
   * Until the password is right, an unknown address, a wrong password and a disabled account are told apart by nothing,
   * time included.
   * @throws InvalidCredentialsError
   * @throws AccountDisabledError only to who knows the password
   */
  async authenticate(email: string, password: string): Promise<User> {
    const user = await this.users.findByEmail(email);
    const { matches, outdated } = await this.hasher.verify(password, user?.passwordHash ?? null);
    if (!user || !matches) throw new InvalidCredentialsError();
    if (user.disabledAt) throw new AccountDisabledError();
    return outdated ? this.upgrade(user, password) : user;
  }

  private async upgrade(user: User, password: string): Promise<User> {
    let passwordHash: string;
    try {
      passwordHash = await this.hasher.hash(password);
    } catch (error) {
      // The password is right, and the old hash still serves.
      this.logger.warn(`A password hash could not be upgraded: ${(error as Error).message}`);
      return user;
    }
    const upgraded = await this.users.upgradePasswordHash(user, passwordHash);
    // The password was changed since it was checked.
    if (!upgraded) throw new InvalidCredentialsError();
    return { ...user, passwordHash };
  }
}
