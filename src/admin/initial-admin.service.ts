import { randomBytes } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { PasswordHasher } from '../auth/passwords/password-hasher.js';
import { EmailTakenError } from '../users/users.errors.js';
import { UsersService } from '../users/users.service.js';

const INITIAL_ADMIN_EMAIL = 'admin@latchkey.local';
/** 144 bits. */
const PASSWORD_BYTES = 18;

export interface InitialAdmin {
  readonly email: string;
  /** Shown once; must be changed at its first use. Only its hash is kept. */
  readonly password: string;
}

/** On the first start there is no default account: an administrator is made with a random one-time password. */
@Injectable()
export class InitialAdminService {
  private readonly logger = new Logger('InitialAdmin');

  constructor(
    private readonly users: UsersService,
    private readonly hasher: PasswordHasher,
  ) {}

  /** @returns what to tell the operator; undefined if there is an administrator, whichever process made it */
  async ensure(): Promise<InitialAdmin | undefined> {
    if (await this.users.hasAdmin()) return undefined;
    const password = randomBytes(PASSWORD_BYTES).toString('base64url');
    try {
      const admin = await this.users.createInitialAdmin(
        INITIAL_ADMIN_EMAIL,
        await this.hasher.hash(password),
      );
      return admin && { email: admin.email, password };
    } catch (error) {
      if (!(error instanceof EmailTakenError)) throw error;
      this.logger.warn(
        `There is no administrator, and ${INITIAL_ADMIN_EMAIL} is taken by someone who is none.`,
      );
      return undefined;
    }
  }
}
