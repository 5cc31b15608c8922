import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { type Transaction, UnitOfWork } from '../../common/unit-of-work.js';
import { OneTimeTokenInvalidError } from '../../tokens/one-time/one-time-tokens.errors.js';
import type { OneTimeToken } from '../../tokens/one-time/one-time-token.js';
import { OneTimeTokens } from '../../tokens/one-time/one-time-tokens.js';
import { AccountThrottle } from '../../throttling/account/account-throttle.js';
import { emailKey, type User } from '../../users/user.js';
import { UsersRepository } from '../../users/users.repository.js';
import { PRINTED } from '../mails/password-links.js';
import { resetBindingOf } from '../mails/reset-binding.js';
import { PasswordReplacement } from '../password-replacement/password-replacement.js';
import { NewPassword } from '../passwords/new-password.js';

/** A new password for who lost theirs, by a link to their address. */
@Injectable()
export class PasswordResetService {
  constructor(
    private readonly users: UsersRepository,
    private readonly tokens: OneTimeTokens,
    private readonly newPassword: NewPassword,
    private readonly replacement: PasswordReplacement,
    private readonly throttle: AccountThrottle,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Ends all sessions of the user, and everything else that was mailed to them.
   * @throws OneTimeTokenInvalidError
   * @throws PasswordRejectedError, and the token stays good
   */
  async reset(token: string, password: string, client: ClientInfo): Promise<void> {
    const found = await this.tokens.find('password-reset', token);
    // Asked for in any case, so that the time does not tell why a token is refused.
    const user = await this.users.findById(found?.subject ?? randomUUID());
    if (!found || !user || user.disabledAt || found.binding !== resetBindingOf(user)) {
      throw new OneTimeTokenInvalidError();
    }
    const passwordHash = await this.newPassword.hash(password, user, client.gone);
    await this.unitOfWork.run(async (transaction) => {
      // The user first, as everywhere: changes of the same account wait here, and not for each other later on.
      if (!(await this.replace(user, passwordHash, found, transaction))) throw new OneTimeTokenInvalidError();
      await this.tokens.use(found, resetBindingOf(user), transaction);
      await this.replacement.reset(user, client, transaction);
      // Those who guessed the old one guess another now.
      const guessed = { kind: 'account', id: emailKey(user.email) } as const;
      transaction.afterCommit(() => this.throttle.forget(guessed));
    });
  }
  /** One who was handed the link by an operator has not shown that they read mail at the address. */
  private async replace(
    user: User,
    passwordHash: string,
    { payload }: OneTimeToken,
    transaction: Transaction,
  ): Promise<boolean> {
    if (payload['printed'] !== PRINTED.printed)
      return this.users.resetPassword(user.id, user, passwordHash, transaction);
    const replacement = { passwordHash, passwordChangeRequired: false };
    return this.users.replacePassword(user.id, user.passwordHash, replacement, transaction);
  }
}
