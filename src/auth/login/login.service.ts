import { Injectable } from '@nestjs/common';
import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import type { User } from '../../users/user.js';
import { AccountDisabledError } from '../../users/users.errors.js';
import { UsersService } from '../../users/users.service.js';
import { PasswordHasher } from '../passwords/password-hasher.js';

export class InvalidCredentialsError extends LatchkeyError {
  constructor(message = 'The e-mail address or the password is wrong.') {
    super('INVALID_CREDENTIALS', message);
  }
}

@Injectable()
export class LoginService {
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
    if (outdated) await this.users.upgradePasswordHash(user, await this.hasher.hash(password));
    return user;
  }
}
