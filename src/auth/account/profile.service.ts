import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import type { Principal } from '../../common/principal.js';
import type { Transaction } from '../../common/unit-of-work.js';
import type { UserFieldValues } from '../../users/fields/user-field.js';
import type { User } from '../../users/user.js';
import { UsersRepository } from '../../users/users.repository.js';
import { FieldChanges } from '../fields/field-changes.js';
import { CallerAccount, requireActive } from '../reauthentication/caller-account.js';

/** What users change of their profile. */
export interface ProfileChange {
  /** Null: none any more. */
  readonly name: string | null | undefined;
  /** A team's own. */
  readonly fields: UserFieldValues;
}

/** What users see of their own account, and what they say of themselves. */
@Injectable()
export class ProfileService {
  constructor(
    private readonly account: CallerAccount,
    private readonly users: UsersRepository,
    private readonly fields: FieldChanges,
  ) {}

  /** @throws AccessTokenInvalidError if the account is gone; AccountDisabledError */
  async find(id: string): Promise<User> {
    return this.account.find(id);
  }

  /**
   * All of it, or nothing.
   * @throws AccessTokenInvalidError if the account is gone; AccountDisabledError; FieldTakenError
   */
  async change(caller: Principal, { name, fields }: ProfileChange, client: ClientInfo): Promise<User> {
    const { subject: id, sessionId } = caller;
    const user = await this.account.find(id);
    const writer = { actor: { kind: 'user', id }, sessionId, client } as const;
    // An account that was disabled meanwhile takes it back.
    const also =
      name === undefined
        ? undefined
        : async (transaction: Transaction) => requireActive(await this.users.rename(id, name, transaction));
    return requireActive(await this.fields.change(user, fields, writer, also));
  }
}
