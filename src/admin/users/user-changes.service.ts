import { Injectable } from '@nestjs/common';
import { FieldChanges } from '../../auth/fields/field-changes.js';
import { type Transaction, UnitOfWork } from '../../common/unit-of-work.js';
import { RevocationService } from '../../tokens/revocation/revocation.service.js';
import type { UserFieldValues } from '../../users/fields/user-field.js';
import { ADMIN_ROLE } from '../../users/user.js';
import { actingOf } from '../rights/caller.js';
import type { AdminUserModel } from './admin-user.model.js';
import { type BasicChange, BasicChanges } from './basic-changes.js';
import { type HeldUser, HeldUsers, type WantedChange } from './held-users.js';
import { RoleAssignments } from './role-assignments.js';

/** What is changed of a user; what is left out stays. */
export interface UserChange extends BasicChange {
  /** All that the user has then. */
  readonly roles?: readonly string[];
  /** A team's own. */
  readonly fields: UserFieldValues;
}

/** Changes of other people's accounts over HTTP. */
@Injectable()
export class UserChangesService {
  constructor(
    private readonly held: HeldUsers,
    private readonly basics: BasicChanges,
    private readonly roles: RoleAssignments,
    private readonly fields: FieldChanges,
    private readonly revocations: RevocationService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * All of it, or nothing. Access tokens that say otherwise die; the sessions of who is disabled, or has another address, end.
   * @throws NotFoundError, PreconditionFailedError, InsufficientScopeError, InvalidFieldsError
   * @throws EmailTakenError, FieldTakenError, LastAdministratorError, NotSupportedError
   */
  async change(wanted: WantedChange, change: UserChange): Promise<AdminUserModel> {
    const { id } = wanted;
    const { changed, told } = await this.unitOfWork.run(async (transaction) => {
      const locked = change.roles ? 'all' : change.disabled ? [ADMIN_ROLE] : [];
      const held = await this.held.hold(wanted, locked, transaction);
      const inTokens = await this.apply(held, change, transaction);
      return { changed: await this.held.changed(id, transaction), told: inTokens };
    });
    // Also where nothing has changed: it may be tried again after the tokens could not be revoked.
    if (told || change.roles || change.disabled) await this.revocations.revokeSubject(id);
    return changed;
  }

  /** @returns whether access tokens say what was given of a team's own fields */
  private async apply(held: HeldUser, change: UserChange, transaction: Transaction): Promise<boolean> {
    const { user, caller } = held;
    const { roles, fields } = change;
    await this.basics.apply(held, change, transaction);
    if (roles) await this.roles.assign(user, roles, caller, transaction);
    const writer = { ...actingOf(caller), client: caller.client };
    return this.fields.within(user, fields, writer, transaction);
  }
}
