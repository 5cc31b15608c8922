import { Injectable } from '@nestjs/common';
import type { User } from '../../users/user.js';
import { EmailTakenError } from '../../users/users.errors.js';
import { UsersService } from '../../users/users.service.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { PasswordPolicy, PasswordRejectedError } from '../passwords/password-policy.js';

export interface Registration {
  readonly name: string | null;
  readonly email: string;
  readonly password: string;
}

@Injectable()
export class RegistrationService {
  constructor(
    private readonly users: UsersService,
    private readonly hasher: PasswordHasher,
    private readonly policy: PasswordPolicy,
  ) {}

  /** @throws PasswordRejectedError, EmailTakenError */
  async register({ name, email, password }: Registration): Promise<User> {
    const reason = await this.policy.reject(password, { name, email });
    if (reason !== undefined) throw new PasswordRejectedError('password', reason);
    // Only spares the hashing; whether the address is free is decided by the insertion.
    if (await this.users.findByEmail(email)) throw new EmailTakenError();
    return this.users.register({ name, email, passwordHash: await this.hasher.hash(password) });
  }
}
