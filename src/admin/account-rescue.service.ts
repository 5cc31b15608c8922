import { Injectable } from '@nestjs/common';
import { ForcedPasswordReset } from '../auth/password-reset/forced-password-reset.js';
import type { ClientInfo } from '../common/client-info.js';
import type { Session } from '../tokens/sessions/session.js';
import type { SessionPage } from '../tokens/sessions/session-page.js';
import { SessionsService } from '../tokens/sessions/sessions.service.js';
import type { User } from '../users/user.js';
import { UsersRepository } from '../users/users.repository.js';
import { existing, existingUser } from './no-such-user.js';

/** How an account is named: by its id over HTTP, by its address on the command line. */
export type AccountReference = { readonly id: string } | { readonly email: string };

/** The administrator who acts, and from where. An operator on the command line is neither. */
export interface ActingAdministrator {
  /** Id of the user. */
  readonly by: string;
  readonly client: ClientInfo;
}

/** What administrators and operators do where an account, or all of them, may be in foreign hands. */
@Injectable()
export class AccountRescueService {
  constructor(
    private readonly users: UsersRepository,
    private readonly sessions: SessionsService,
    private readonly passwordReset: ForcedPasswordReset,
  ) {}

  /** Open ones, the most recently used first. @throws NotFoundError */
  async listSessions(account: AccountReference, page: SessionPage): Promise<Session[]> {
    return this.sessions.listOpen((await this.find(account)).id, page);
  }

  /** @throws NotFoundError */
  async endSessions(account: AccountReference, acting?: ActingAdministrator): Promise<void> {
    const { id: subject } = await this.find(account);
    await this.sessions.end({ subject, reason: 'ended_by_admin', ...acting });
  }

  /** Of all users, administrators too. @returns how many */
  async endSessionsOfAll(acting?: ActingAdministrator): Promise<number> {
    return this.sessions.endAllForEveryone(acting?.client, acting?.by);
  }

  /**
   * Mails the user a link to set a new password, and ends their sessions.
   * @throws NotFoundError, AccountDisabledError
   */
  async startPasswordReset(account: AccountReference, acting?: ActingAdministrator): Promise<void> {
    await this.passwordReset.startFor(await this.find(account), acting?.client, acting?.by);
  }

  private async find(account: AccountReference): Promise<User> {
    if ('email' in account) return existing(await this.users.findByEmail(account.email));
    return existingUser(await this.users.findById(account.id));
  }
}
