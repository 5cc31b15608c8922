import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import type { User } from '../../users/user.js';
import { ExternalPasswords } from './external-passwords.js';
import { ExternalRoles } from './external-roles.js';
import { ExternalUsers } from './external-users.js';

/** What the strategies of a team's own make of a login; `unknown`: nothing. */
export type ExternalLogin =
  | { readonly outcome: 'accept'; readonly user: User; readonly credential: string }
  | { readonly outcome: 'reject' | 'unknown' | 'unavailable' };

/** Logins with passwords that are kept elsewhere. */
@Injectable()
export class ExternalLogins {
  constructor(
    private readonly passwords: ExternalPasswords,
    private readonly users: ExternalUsers,
    private readonly roles: ExternalRoles,
  ) {}

  /**
   * @returns `unavailable` only where passwords that are kept here may let in then
   * @throws UnavailableError; AccountNotLinkedError only to a caller who knows the password
   */
  async check(email: string, password: string, client: ClientInfo): Promise<ExternalLogin> {
    const verdict = await this.passwords.check(email, password, client);
    if (verdict.outcome !== 'accept') return verdict;
    const { strategy, account } = verdict;
    const user = await this.users.of(strategy, account, client);
    // One who is not let in is not written to either.
    const current =
      account.roles && !user.disabledAt
        ? await this.roles.follow(user, account.roles, strategy, client)
        : user;
    return { outcome: 'accept', user: current, credential: strategy.name };
  }
}
