import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import type { ClientInfo } from '../../common/client-info.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import { OneTimeTokenInvalidError } from '../../tokens/one-time/one-time-tokens.errors.js';
import { OneTimeTokens } from '../../tokens/one-time/one-time-tokens.js';
import { UsersRepository } from '../../users/users.repository.js';
import { LinkProof, type ShownCredentials } from '../reauthentication/link-proof.js';
import { emailKey } from '../../users/user.js';

/** Proof that users own their address. */
@Injectable()
export class EmailVerificationService {
  constructor(
    private readonly users: UsersRepository,
    private readonly tokens: OneTimeTokens,
    private readonly proof: LinkProof,
    private readonly audit: AuditSink,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * @param shown that the account is the caller's
   * @throws OneTimeTokenInvalidError also if the user has another address by now, or is disabled
   * @throws CredentialsNeededError, InvalidCredentialsError, AccountThrottledError, and the token stays good
   */
  async verify(token: string, shown: ShownCredentials, client: ClientInfo): Promise<void> {
    const found = await this.tokens.find('email-verification', token);
    const user = found && (await this.users.findById(found.subject));
    if (!user || user.disabledAt || found.binding !== emailKey(user.email))
      throw new OneTimeTokenInvalidError();
    await this.proof.require(user, shown, client);
    await this.unitOfWork.run(async (transaction) => {
      const verified = await this.users.verifyEmail(found.subject, found.binding, transaction);
      if (!verified) throw new OneTimeTokenInvalidError();
      await this.tokens.use(found, found.binding, transaction);
      await this.tokens.end(user.id, transaction, ['email-verification']);
      const actor = { kind: 'user', id: user.id } as const;
      await this.audit.record({ type: 'email.verified', actor, subject: user.id, client }, transaction);
    });
  }
}
