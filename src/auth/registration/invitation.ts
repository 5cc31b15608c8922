import type { AuditEvent, AuditEventType } from '../../audit/audit-event.js';
import type { ClientInfo } from '../../common/client-info.js';
import type { OneTimeToken } from '../../tokens/one-time/one-time-token.js';

/** What an administrator has written down. */
export interface Invitation {
  readonly name: string | null;
  readonly email: string;
}

/** What `LinkMails.invitation` writes down. */
interface Invited extends Invitation {
  /** Missing in those of earlier versions. */
  readonly invitedBy?: string;
}

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
  const { name, email, invitedBy = null } = payload as typeof payload & Invited;
  return { id, name, email, invitedBy, createdAt, expiresAt };
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
