import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import type { AuditEventType } from '../../audit/audit-event.js';
import type { ClientInfo } from '../../common/client-info.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import type { OneTimeToken } from '../../tokens/one-time/one-time-token.js';
import { OneTimeTokenInvalidError } from '../../tokens/one-time/one-time-tokens.errors.js';
import { OneTimeTokens } from '../../tokens/one-time/one-time-tokens.js';
import type { UserFieldValues } from '../../users/fields/user-field.js';
import { emailKey, type NewUser, type User } from '../../users/user.js';
import { EmailTakenError } from '../../users/users.errors.js';
import { UsersService } from '../../users/users.service.js';
import { OwnFields } from '../fields/own-fields.js';

/** What the reader of the mail says of themselves. */
export interface GivenProfile {
  readonly name: string | null;
  /** A team's own. */
  readonly fields: UserFieldValues;
}

/** The account that is wished for. */
interface WishedAccount extends Pick<NewUser, 'name' | 'email' | 'passwordHash'> {
  readonly fields: UserFieldValues;
}

/** Accounts that are made by a link to their address. */
@Injectable()
export class VerifiedRegistration {
  constructor(
    private readonly users: UsersService,
    private readonly fields: OwnFields,
    private readonly tokens: OneTimeTokens,
    private readonly audit: AuditSink,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Uses the link up, and ends all others to the address.
   * @throws OneTimeTokenInvalidError also if the address has an account by now
   * @throws LatchkeyError `VALIDATION_FAILED` if a field is missing; the link stays good
   */
  async create(
    link: OneTimeToken,
    { fields, ...wish }: WishedAccount,
    type: AuditEventType,
    client: ClientInfo,
  ): Promise<User> {
    const beginning = this.fields.beginning(fields);
    return this.unitOfWork.run(async (transaction) => {
      try {
        // The user first, as everywhere: who comes second with another link to the address waits here.
        const user = await this.users.registerVerified({ ...wish, fields: beginning }, transaction);
        await this.tokens.use(link, emailKey(wish.email), transaction);
        await this.tokens.end(link.subject, transaction);
        const actor = { kind: 'user', id: user.id } as const;
        await this.audit.record({ type, actor, subject: user.id, client }, transaction);
        return user;
      } catch (error) {
        throw error instanceof EmailTakenError ? new OneTimeTokenInvalidError() : error;
      }
    });
  }
}
