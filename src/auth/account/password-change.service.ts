import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { ConflictError } from '../../common/errors/latchkey-error.js';
import type { Principal } from '../../common/principal.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import { hasPassword } from '../../users/user.js';
import { UsersService } from '../../users/users.service.js';
import { NoLocalPasswordError } from '../credentials/credential.errors.js';
import { PasswordReplacement } from '../password-replacement/password-replacement.js';
import { NewPassword } from '../passwords/new-password.js';
import { opaqueString } from '../passwords/opaque-string.js';
import { PasswordRejectedError } from '../passwords/password-policy.js';
import { CallerAccount } from '../reauthentication/caller-account.js';
import { eventOf } from '../reauthentication/password-confirmation.js';

/** A new password in place of the one that the user knows. */
@Injectable()
export class PasswordChangeService {
  constructor(
    private readonly account: CallerAccount,
    private readonly newPassword: NewPassword,
    private readonly users: UsersService,
    private readonly replacement: PasswordReplacement,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Ends the user's other sessions, and links that were mailed to reset the password or change the address. This session
   * goes on; a token that was only good for changing the password stays so, and the next refresh or login brings one with
   * the user's roles.
   * @throws InvalidCredentialsError if the current password is wrong; ConflictError if it was changed at the same time
   * @throws PasswordRejectedError, AccountThrottledError; NoLocalPasswordError if it is kept elsewhere
   */
  async change(
    caller: Principal,
    currentPassword: string,
    newPassword: string,
    client: ClientInfo,
  ): Promise<void> {
    const wanted = { type: 'password.changed', caller, client } as const;
    const user = await this.account.findWithPassword(wanted, currentPassword);
    if (!hasPassword(user)) throw new NoLocalPasswordError();
    if (opaqueString(newPassword) === opaqueString(currentPassword))
      throw new PasswordRejectedError('newPassword', 'must differ from the current one');
    const passwordHash = await this.newPassword.hash(newPassword, user, client.gone, 'newPassword');
    await this.unitOfWork.run(async (transaction) => {
      const changed = await this.users.changePassword(user, passwordHash, transaction);
      if (!changed) throw new ConflictError('The password was changed by another request just now.');
      await this.replacement.changed(user, eventOf(wanted), client, transaction);
    });
  }
}
