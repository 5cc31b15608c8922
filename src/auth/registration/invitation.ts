import type { AuditEvent, AuditEventType } from '../../audit/audit-event.js';
import type { ClientInfo } from '../../common/client-info.js';
import type { UserFieldValues } from '../../users/fields/user-field.js';
import type { OneTimeToken } from '../../tokens/one-time/one-time-token.js';

/** What an administrator has written down. */
export interface Invitation {
  readonly name: string | null;
  readonly email: string;
  /** A team's own. */
  readonly fields: UserFieldValues;
}

/** What `LinkMails.invitation` writes down; what is missing is so in those of earlier versions. */
type Invited = Pick<Invitation, 'name' | 'email'> & Partial<Pick<PendingInvitation, 'fields' | 'invitedBy'>>;

/** One that has been mailed and can still be accepted. */
export interface PendingInvitation extends Invitation {
  readonly id: string;
  /** Id of the administrator. */
  readonly invitedBy: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** As the token of its link has it. */
export function toPending({ id, payload, createdAt, expiresAt }: OneTimeToken): PendingInvitation {
  const { name, email, fields = {}, invitedBy = null } = payload as typeof payload & Invited;
  return { id, name, email, fields, invitedBy, createdAt, expiresAt };
}

/** @param identifier of the address: the keyed hash that other events have, too */
export function invitationEvent(
  type: AuditEventType,
  identifier: string,
  admin: string,
  client: ClientInfo,
): AuditEvent {
  return { type, actor: { kind: 'user', id: admin }, subject: null, client, details: { identifier } };
}
