import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import { IdentifierHash } from '../../audit/identifier-hash.js';
import { AccountErasure } from '../../auth/account/account-erasure.js';
import { AccountNotices } from '../../auth/mails/account-notices.js';
import type { Transaction } from '../../common/unit-of-work.js';
import { type User, USER_ROLE } from '../../users/user.js';
import { InvalidFieldsError } from '../../users/users.errors.js';
import { UsersRepository } from '../../users/users.repository.js';
import { type AdministeringCaller, actingOf } from '../rights/caller.js';
import { requireNamed, requireNoMore } from '../rights/reach.js';

/** What is said of the address; what is left out stays. */
export interface AddressChange {
  readonly email?: string;
  readonly emailVerified?: boolean;
}

/** Addresses that administrators replace, or say that they are proved. */
@Injectable()
export class AddressChanges {
  constructor(
    private readonly users: UsersRepository,
    private readonly erasure: AccountErasure,
    private readonly notices: AccountNotices,
    private readonly identifiers: IdentifierHash,
    private readonly audit: AuditSink,
  ) {}

  /**
   * Who has the mailbox has the account: so only who has all scopes of the user may do that, and those roles that have none but
   * that of all users, and no one without the password to their own account. Another address is not proved unless the change says so; sessions and mailed links end with the old one,
   * which is told.
   * @throws InsufficientScopeError, InvalidFieldsError, EmailTakenError
   */
  async change(
    user: User,
    change: AddressChange,
    caller: AdministeringCaller,
    transaction: Transaction,
  ): Promise<void> {
    const { email = user.email, emailVerified } = change;
    const isVerified = user.emailVerifiedAt !== null;
    const moves = email !== user.email;
    const verified = emailVerified ?? (moves ? false : isVerified);
    if (!moves && verified === isVerified) return;
    if (caller.principal.subject === user.id) throw ownAddress(change);
    requireNoMore(caller.principal, user.scopes);
    await this.requireNames(user, caller, transaction);
    if (moves) await this.move(user, { email, verified }, caller, transaction);
    else await this.users.setEmailVerified(user.id, verified, transaction);
    if (verified === isVerified) return;
    const details = { fields: ['emailVerified'] };
    await this.audit.record(
      { type: 'user.changed', subject: user.id, ...actingOf(caller), details },
      transaction,
    );
  }

  private async requireNames(
    { roles }: User,
    { principal }: AdministeringCaller,
    transaction: Transaction,
  ): Promise<void> {
    const others = roles.filter((name) => name !== USER_ROLE && !principal.roles.includes(name));
    if (others.length === 0) return;
    for (const role of await this.users.findRoles(transaction))
      if (others.includes(role.name)) requireNamed(principal, role);
  }

  private async move(
    user: User,
    { email, verified }: { readonly email: string; readonly verified: boolean },
    caller: AdministeringCaller,
    transaction: Transaction,
  ): Promise<void> {
    await this.users.setEmail(user.id, email, verified, transaction);
    await this.notices.emailChanged(user, email, transaction);
    const details = this.identifiers.ofChange(user.email, email);
    await this.audit.record(
      { type: 'email.changed', subject: user.id, ...actingOf(caller), details },
      transaction,
    );
    const { client, principal } = caller;
    await this.erasure.shutOut(user.id, 'email_changed', transaction, { client, by: principal.subject });
  }
}

function ownAddress(change: AddressChange): InvalidFieldsError {
  const message = 'of your own account is changed with its password: POST /api/auth/email/change';
  const fields = (['email', 'emailVerified'] as const).filter((field) => change[field] !== undefined);
  return new InvalidFieldsError(fields.map((field) => ({ field, message: `${field} ${message}` })));
}
