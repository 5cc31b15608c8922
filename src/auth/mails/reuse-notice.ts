import { Injectable, Logger } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { logFailure } from '../../common/errors/log-failure.js';
import { UsersRepository } from '../../users/users.repository.js';
import { AccountNotices } from './account-notices.js';

/** Tells users by mail that one of their refresh tokens was used a second time, perhaps by a thief. */
@Injectable()
export class ReuseNotice {
  private readonly logger = new Logger('Sessions');

  constructor(
    private readonly users: UsersRepository,
    private readonly notices: AccountNotices,
  ) {}

  /** The session has ended, whether or not a user can be told. */
  async send(subject: string, client: ClientInfo | null): Promise<void> {
    const complaint = 'A user could not be told of the reuse of a refresh token';
    await logFailure(this.logger, complaint, () => this.tell(subject, client), client);
  }

  private async tell(subject: string, client: ClientInfo | null): Promise<void> {
    const user = await this.users.findById(subject);
    if (user && !user.disabledAt) await this.notices.refreshTokenReused(user, client);
  }
}
