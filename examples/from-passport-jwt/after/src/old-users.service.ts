import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { EmailTakenError, USER_ROLE, UsersRepository } from 'latchkey';
import { OLD_USERS } from './old-users.js';

/** Brings the users of before, once. */
@Injectable()
export class OldUsersService implements OnApplicationBootstrap {
  constructor(private readonly users: UsersRepository) {}

  async onApplicationBootstrap(): Promise<void> {
    await Promise.all(OLD_USERS.map((user) => this.bring(user)));
  }

  private async bring({ userId, email, passwordHash }: (typeof OLD_USERS)[number]): Promise<void> {
    const attributes = { customer: userId };
    try {
      await this.users.create({ name: null, email, passwordHash, attributes, roles: [USER_ROLE] });
    } catch (error) {
      if (!(error instanceof EmailTakenError)) throw error;
    }
  }
}
