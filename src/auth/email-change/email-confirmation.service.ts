import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import type { OneTimeToken } from '../../tokens/one-time/one-time-token.js';
import { OneTimeTokenInvalidError } from '../../tokens/one-time/one-time-tokens.errors.js';
import { OneTimeTokens } from '../../tokens/one-time/one-time-tokens.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import { UsersRepository } from '../../users/users.repository.js';
import { LinkProof, type ShownCredentials } from '../reauthentication/link-proof.js';
import { AddressReplacement } from './address-replacement.js';

/** The new address takes the place of the old one, once who asked has shown that its mail arrives. */
@Injectable()
export class EmailConfirmationService {
  constructor(
    private readonly users: UsersRepository,
    private readonly tokens: OneTimeTokens,
    private readonly sessions: SessionsService,
    private readonly proof: LinkProof,
    private readonly replacement: AddressReplacement,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Ends what was mailed to the old address, and all sessions but the one that asked: the address is what one logs in
   * with, and what a lost password is reset by.
   * @param shown that the account is the caller's: the address may have been mistyped, and its reader be a stranger
   * @throws OneTimeTokenInvalidError also if the session that asked was ended meanwhile
   * @throws CredentialsNeededError, InvalidCredentialsError, AccountThrottledError, and the token stays good
   * @throws EmailTakenError if someone else has the address by now
   */
  async confirm(token: string, shown: ShownCredentials, client: ClientInfo): Promise<void> {
    const found = await this.tokens.find('email-change', token);
    const user = found && (await this.users.findById(found.subject));
    if (!user) throw new OneTimeTokenInvalidError();
    const { email, sessionId } = wishOf(found);
    // Its end took the token with it, unless that was asked for at the same time.
    if (!(await this.sessions.isUnended(sessionId, user.id))) throw new OneTimeTokenInvalidError();
    await this.proof.require(user, shown, client);
    await this.unitOfWork.run(async (transaction) => {
      const changed = await this.users.changeEmail(user.id, user.email, email, transaction);
      if (!changed) throw new OneTimeTokenInvalidError();
      await this.tokens.use(found, found.binding, transaction);
      await this.replacement.settle({ user, email, sessionId, client }, transaction);
    });
  }
}

/** What `LinkMails.emailChange` wrote down. */
function wishOf({ payload, sessionId }: OneTimeToken): { email: string; sessionId: string } {
  const { email } = payload;
  if (typeof email !== 'string' || sessionId === null) throw new OneTimeTokenInvalidError();
  return { email, sessionId };
}
