import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { RegistrationConfig } from '../../config/config.js';
import { OneTimeTokenInvalidError } from '../../tokens/one-time/one-time-tokens.errors.js';
import { OneTimeTokens } from '../../tokens/one-time/one-time-tokens.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { NewPassword } from '../passwords/new-password.js';
import type { UserFieldValues } from '../../users/fields/user-field.js';
import type { SignedIn } from '../sign-in/signed-in.js';
import { FirstSession } from './first-session.js';
import { type GivenProfile, VerifiedRegistration } from './verified-registration.js';
import { RegistrationClosedError } from './registration.errors.js';

/** What was asked for, by anyone, until the address is proved: there is no account before. */
type Wish = {
  readonly name: string | null;
  readonly email: string;
  readonly passwordHash: string;
  /** Missing in those of earlier versions. */
  readonly fields?: UserFieldValues;
};

/** Makes the account of a registration whose address is proved (`REGISTRATION=verify-first`). */
@Injectable()
export class RegistrationConfirmationService {
  constructor(
    private readonly tokens: OneTimeTokens,
    private readonly hasher: PasswordHasher,
    private readonly newPassword: NewPassword,
    private readonly accounts: VerifiedRegistration,
    private readonly firstSession: FirstSession,
    private readonly config: RegistrationConfig,
  ) {}

  /**
   * Makes the account, for the one who reads the mail: with the password that they give now. One who registers another's
   * address so neither chooses the password of the account that its owner confirms, nor keeps them from confirming it.
   * @param given in place of what was registered, which counts only for who knows the password of then
   * @throws RegistrationClosedError if no one may register by themselves any more
   * @throws OneTimeTokenInvalidError also if the address has an account by now
   * @throws PasswordRejectedError, and the token stays good
   */
  async confirm(token: string, password: string, given: GivenProfile, client: ClientInfo): Promise<SignedIn> {
    const { mode } = this.config;
    if (mode === 'invite-only' || mode === 'closed') throw new RegistrationClosedError();
    const found = await this.tokens.find('registration', token);
    if (!found) throw new OneTimeTokenInvalidError();
    const asked = found.payload as Wish;
    const { matches } = await this.hasher.verify(password, asked.passwordHash, client.gone);
    const known = matches ? asked : { name: null, fields: {} };
    const fields = { ...known.fields, ...given.fields };
    const wish = { email: asked.email, name: given.name ?? known.name, fields };
    const passwordHash = matches
      ? asked.passwordHash
      : await this.newPassword.hash(password, wish, client.gone);
    const user = await this.accounts.create(found, { ...wish, passwordHash }, 'user.registered', client);
    return this.firstSession.open(user, client, 'confirmation');
  }
}
