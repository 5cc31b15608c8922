import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../../audit/audit-event.js';
import { AuditSink } from '../../audit/audit-sink.js';
import type { ClientInfo } from '../../common/client-info.js';
import { type Transaction, UnitOfWork } from '../../common/unit-of-work.js';
import { RevocationService } from '../../tokens/revocation/revocation.service.js';
import type { UserFieldValues } from '../../users/fields/user-field.js';
import { UserFields } from '../../users/fields/user-fields.js';
import type { User } from '../../users/user.js';
import { OwnFields } from './own-fields.js';

/** Who changes something, and from where. */
export interface FieldsWriter {
  readonly actor: Actor;
  readonly sessionId?: string | null;
  readonly client: ClientInfo;
}

/** Changes of a team's own fields, each with its record. */
@Injectable()
export class FieldChanges {
  constructor(
    private readonly fields: UserFields,
    private readonly own: OwnFields,
    private readonly revocations: RevocationService,
    private readonly audit: AuditSink,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Where someone else writes what access tokens say, those of before die.
   * @param also what else is changed of the user: with the fields, or not at all
   * @returns the user as they are then; undefined if they are gone
   * @throws FieldTakenError
   */
  async change(
    user: User,
    given: UserFieldValues,
    writer: FieldsWriter,
    also?: (transaction: Transaction) => Promise<User | undefined>,
  ): Promise<User | undefined> {
    const before = Object.keys(given).length > 0 ? await this.own.of(user) : {};
    const changes = Object.entries(given).filter(([name, value]) => !isDeepStrictEqual(value, before[name]));
    const foreign = writer.actor.kind !== 'user' || writer.actor.id !== user.id;
    const revokes = foreign && this.areInTokens(Object.keys(given));
    if (changes.length === 0) {
      // It may be tried again after the change was made and the tokens could not be revoked.
      if (revokes) await this.revocations.revokeSubject(user.id);
      return also ? this.unitOfWork.run(also) : user;
    }
    const after = await this.unitOfWork.run(async (transaction) => {
      const changed = await this.own.change(user.id, Object.fromEntries(changes), transaction);
      if (!changed) return undefined;
      const details = this.detailsOf(changes);
      await this.audit.record(
        { type: 'user.fields_changed', subject: user.id, ...writer, details },
        transaction,
      );
      return also ? also(transaction) : changed;
    });
    if (after && revokes) await this.revocations.revokeSubject(user.id);
    return after;
  }

  /**
   * The same in a transaction that holds the user.
   * @returns whether access tokens say what is given: they have to be revoked once it is committed, also where nothing changed, as
   * it may be tried again after that has failed
   */
  async within(
    user: User,
    given: UserFieldValues,
    writer: FieldsWriter,
    transaction: Transaction,
  ): Promise<boolean> {
    if (Object.keys(given).length === 0) return false;
    const before = await this.own.of(user, transaction);
    const changes = Object.entries(given).filter(([name, value]) => !isDeepStrictEqual(value, before[name]));
    const revokes = this.areInTokens(Object.keys(given));
    if (changes.length === 0) return revokes;
    await this.own.change(user.id, Object.fromEntries(changes), transaction);
    const details = this.detailsOf(changes);
    await this.audit.record(
      { type: 'user.fields_changed', subject: user.id, ...writer, details },
      transaction,
    );
    return revokes;
  }

  private areInTokens(names: readonly string[]): boolean {
    const told = new Set(this.fields.declared.filter(({ token }) => token).map(({ name }) => name));
    return names.some((name) => told.has(name));
  }

  private detailsOf(changes: readonly [string, unknown][]) {
    const harmless = new Set(
      this.fields.declared.filter(({ audit }) => audit === 'value').map(({ name }) => name),
    );
    const told = changes.filter(([name]) => harmless.has(name));
    return {
      fields: changes.map(([name]) => name),
      ...(told.length > 0 && { values: Object.fromEntries(told) }),
    };
  }
}
