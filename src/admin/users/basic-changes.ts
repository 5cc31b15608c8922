import { Injectable } from '@nestjs/common';
import type { AuditDetails, AuditEventType } from '../../audit/audit-event.js';
import { AuditSink } from '../../audit/audit-sink.js';
import { AccountErasure } from '../../auth/account/account-erasure.js';
import type { Transaction } from '../../common/unit-of-work.js';
import { UsersRepository } from '../../users/users.repository.js';
import { actingOf } from '../rights/caller.js';
import { type AddressChange, AddressChanges } from './address-changes.js';
import type { HeldUser } from './held-users.js';

/** What is changed of the account itself; what is left out stays. */
export interface BasicChange extends AddressChange {
  /** Null: none any more. */
  readonly name?: string | null;
  readonly disabled?: boolean;
}

/** What a user is called, by which address they log in, and whether they may. */
@Injectable()
export class BasicChanges {
  constructor(
    private readonly users: UsersRepository,
    private readonly addresses: AddressChanges,
    private readonly erasure: AccountErasure,
    private readonly audit: AuditSink,
  ) {}

  /** Sessions and mailed links of who is disabled end. @throws as `AddressChanges.change`; LastAdministratorError */
  async apply(held: HeldUser, change: BasicChange, transaction: Transaction): Promise<void> {
    const { user, caller } = held;
    const { name, disabled } = change;
    if (name !== undefined && name !== user.name) {
      await this.users.rename(user.id, name, transaction);
      await this.record('user.changed', held, transaction, { fields: ['name'] });
    }
    await this.addresses.change(user, change, caller, transaction);
    if (disabled !== undefined && disabled !== (user.disabledAt !== null))
      await this.setDisabled(held, disabled, transaction);
  }

  private async setDisabled(held: HeldUser, disabled: boolean, transaction: Transaction): Promise<void> {
    const { user, caller } = held;
    await this.users.setDisabled(user.id, disabled, transaction);
    await this.record(disabled ? 'user.disabled' : 'user.enabled', held, transaction);
    if (!disabled) return;
    const by = { client: caller.client, by: caller.principal.subject };
    await this.erasure.shutOut(user.id, 'account_disabled', transaction, by);
  }

  private async record(
    type: AuditEventType,
    { user, caller }: HeldUser,
    transaction: Transaction,
    details: AuditDetails = {},
  ): Promise<void> {
    await this.audit.record({ type, subject: user.id, ...actingOf(caller), details }, transaction);
  }
}
