import { Injectable } from '@nestjs/common';
import { NotFoundError } from '../common/errors/latchkey-error.js';
import { SessionsService } from '../tokens/sessions/sessions.service.js';
import type { User } from '../users/user.js';
import { UsersService } from '../users/users.service.js';

/** What operators do with other people's accounts. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
  ) {}

  /**
   * The user cannot log in any more, and their sessions end.
   * @throws NotFoundError
   */
  async disable(email: string): Promise<void> {
    const user = await this.find(email);
    await this.users.setDisabled(user.id, true);
    await this.sessions.endAll(user.id, 'account_disabled');
  }

  /** @throws NotFoundError */
  async enable(email: string): Promise<void> {
    const user = await this.find(email);
    await this.users.setDisabled(user.id, false);
  }

  /** @throws NotFoundError */
  async endSessions(email: string): Promise<void> {
    const user = await this.find(email);
    await this.sessions.endAll(user.id, 'ended_by_admin');
  }

  private async find(email: string): Promise<User> {
    const user = await this.users.findByEmail(email);
    if (!user) throw new NotFoundError('There is no user with this e-mail address.');
    return user;
  }
}
