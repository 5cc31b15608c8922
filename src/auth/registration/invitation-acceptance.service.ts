import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { RegistrationConfig } from '../../config/config.js';
import { OneTimeTokenInvalidError } from '../../tokens/one-time/one-time-tokens.errors.js';
import { OneTimeTokens } from '../../tokens/one-time/one-time-tokens.js';
import { NewPassword } from '../passwords/new-password.js';
import type { SignedIn } from '../sign-in/signed-in.js';
import { FirstSession } from './first-session.js';
import { type GivenProfile, VerifiedRegistration } from './verified-registration.js';
import { RegistrationClosedError } from './registration.errors.js';
import { toPending } from './invitation.js';

/** Makes the account that was offered: the mailed link sets its password. */
@Injectable()
export class InvitationAcceptanceService {
  constructor(
    private readonly tokens: OneTimeTokens,
    private readonly newPassword: NewPassword,
    private readonly accounts: VerifiedRegistration,
    private readonly firstSession: FirstSession,
    private readonly config: RegistrationConfig,
  ) {}

  /**
   * @param given in place of what the invitation says
   * @throws RegistrationClosedError with `REGISTRATION=closed`
   * @throws OneTimeTokenInvalidError also if the address has an account by now
   * @throws PasswordRejectedError, and the token stays good
   */
  async accept(token: string, password: string, given: GivenProfile, client: ClientInfo): Promise<SignedIn> {
    if (this.config.mode === 'closed') throw new RegistrationClosedError('Invitations are closed here.');
    const found = await this.tokens.find('invitation', token);
    if (!found) throw new OneTimeTokenInvalidError();
    const invitation = toPending(found);
    const fields = { ...invitation.fields, ...given.fields };
    const wish = { email: invitation.email, name: given.name ?? invitation.name, fields };
    const passwordHash = await this.newPassword.hash(password, wish, client.gone);
    const user = await this.accounts.create(found, { ...wish, passwordHash }, 'invitation.accepted', client);
    return this.firstSession.open(user, client, 'invitation');
  }
}
