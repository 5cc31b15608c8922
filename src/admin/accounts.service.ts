import { Injectable } from '@nestjs/common';
import { NotFoundError } from '../common/errors/latchkey-error.js';
import { RevocationService } from '../tokens/revocation/revocation.service.js';
import { KnownDevices } from '../tokens/devices/known-devices.js';
import type { SessionEndReason } from '../tokens/sessions/session.js';
import { SessionsService } from '../tokens/sessions/sessions.service.js';
import type { User } from '../users/user.js';
import { UsersService } from '../users/users.service.js';

/** What operators do with other people's accounts. The account changes first, so that nothing new is given out, then tokens die. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly revocations: RevocationService,
    private readonly devices: KnownDevices,
  ) {}

  /**
   * The user cannot log in any more, and their sessions end.
   * @throws NotFoundError
   */
  async disable(email: string): Promise<void> {
    const user = await this.find(email);
    await this.users.setDisabled(user.id, true);
    await this.revokeEverything(user, 'account_disabled');
  }

  /** @throws NotFoundError */
  async enable(email: string): Promise<void> {
    const user = await this.find(email);
    await this.users.setDisabled(user.id, false);
  }

  /**
   * The user is gone, as if they had never been there.
   * @throws NotFoundError
   * @throws LastAdministratorError
   */
  async delete(email: string): Promise<void> {
    const user = await this.find(email);
    await this.users.delete(user.id);
    await this.revokeEverything(user, 'account_deleted');
    await this.devices.forget(user.id);
  }

  /**
   * Access tokens with the roles of before die; the next refresh brings one with the new ones.
   * @throws NotFoundError if there is no such user
   * @throws UnknownRoleError
   */
  async grantRole(email: string, role: string): Promise<void> {
    const user = await this.find(email);
    if (!(await this.users.grantRole(user.id, role))) throw noSuchUser();
    await this.revocations.revokeSubject(user.id);
  }

  /**
   * As `grantRole`.
   * @throws NotFoundError if there is no such user
   * @throws UnknownRoleError, LastAdministratorError
   */
  async withdrawRole(email: string, role: string): Promise<void> {
    const user = await this.find(email);
    if (!(await this.users.withdrawRole(user.id, role))) throw noSuchUser();
    await this.revocations.revokeSubject(user.id);
  }

  /** @throws NotFoundError */
  async endSessions(email: string): Promise<void> {
    const user = await this.find(email);
    await this.sessions.endAll(user.id, 'ended_by_admin');
  }

  /** By subject as well: a login that was under way may open a session after all were ended, before it notices. */
  private async revokeEverything(user: User, reason: SessionEndReason): Promise<void> {
    await this.sessions.endAll(user.id, reason);
    await this.revocations.revokeSubject(user.id);
  }

  private async find(email: string): Promise<User> {
    const user = await this.users.findByEmail(email);
    if (!user) throw noSuchUser();
    return user;
  }
}

function noSuchUser(): NotFoundError {
  return new NotFoundError('There is no user with this e-mail address.');
}
