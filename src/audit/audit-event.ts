import type { ClientInfo } from '../common/client-info.js';

/** Everything that is recorded. Names are never changed or reused: alarms are built on them. */
export const AUDIT_EVENT_TYPES = [
  'login.succeeded',
  'login.failed',
  'login.challenged',
  'account.throttled',
  'rate_limit.exceeded',
  'csrf.rejected',
  'session.ended',
  'session.all_ended',
  'session.reauthenticated',
  'session.refresh_reused',
  'session.refresh_refused',
  'token.revoked',
  'grant.opened',
  'registration.requested',
  'user.registered',
  'user.invited',
  'user.changed',
  'user.disabled',
  'user.enabled',
  'user.deleted',
  'user.unlocked',
  'user.exported',
  'user.fields_changed',
  'users.imported',
  'users.exported',
  'identity.linked',
  'invitation.accepted',
  'invitation.withdrawn',
  'admin.created',
  'admin.password_renewed',
  'role.granted',
  'role.withdrawn',
  'role.created',
  'role.changed',
  'role.deleted',
  'password.changed',
  'password.reset_requested',
  'password.reset',
  'email.verification_requested',
  'email.verified',
  'email.change_requested',
  'email.changed',
  'signing_key.rotated',
  'signing_key.revoked',
  'client.created',
  'client.changed',
  'client.deleted',
  'client.secret_rotated',
  'initial_access_token.created',
  'initial_access_token.revoked',
  'consent.given',
  'consent.withdrawn',
  'device.allowed',
  'device.denied',
  'token.exchanged',
] as const;

/** What can happen, e.g. `login.failed`; docs/audit-log.md lists all of them. */
export type AuditEventType = (typeof AUDIT_EVENT_TYPES)[number];

export const AUDIT_OUTCOMES = ['success', 'failure'] as const;

/** Whether what was tried was done. */
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/** `operator`: who may run commands on the server; `anonymous`: who has not shown who they are. */
export const ACTOR_KINDS = ['user', 'operator', 'system', 'anonymous'] as const;

/** The caller or process that did it: a user by id, an operator, the system, or a caller who did not authenticate. */
export type Actor =
  | { readonly kind: 'user'; readonly id: string }
  | { readonly kind: Exclude<(typeof ACTOR_KINDS)[number], 'user'> };

/** A closed set, none of which ever holds a secret or an address without an account. */
export interface AuditDetails {
  /** Why it failed, why a session ended, or which quota was spent. */
  readonly reason?: string;
  /** Of a refresh token that was used again: whether it was the one just replaced. */
  readonly reuse?: 'recent' | 'stale';
  readonly role?: string;
  /** How many sessions were ended. */
  readonly sessions?: number;
  /** How many users were imported at once, or exported. */
  readonly users?: number;
  /** Whether an export has their password hashes. */
  readonly hashes?: boolean;
  /** A keyed hash of the e-mail address that was given, so that tries can be told to belong together. */
  readonly identifier?: string;
  /** The same of the address before, where it was changed. */
  readonly previousIdentifier?: string;
  readonly kid?: string;
  /** `client_id` of an OAuth client. */
  readonly clientId?: string;
  /** Of a token by which OAuth clients register. */
  readonly initialAccessTokenId?: string;
  /** `jti` of an access token; `all`. */
  readonly tokenId?: string;
  /** Names of fields that were changed. */
  readonly fields?: readonly string[];
  /** Their new values, of those that are declared as harmless. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** Name of a credential strategy of a team's own, where one knew the password or the account. */
  readonly strategy?: string;
  /** The code of its own for which a login gate denied a login. */
  readonly denial?: string;
  /** How a user showed who they are, where a login gate asked for more than the credential (RFC 8176). */
  readonly methods?: readonly string[];
}

/** One line of the audit log, as it is handed to an `AuditSink`. */
export interface AuditEvent {
  readonly type: AuditEventType;
  /** Default: success. */
  readonly outcome?: AuditOutcome;
  readonly actor: Actor;
  /** Id of the user whom it happened to; null: not known. */
  readonly subject: string | null;
  readonly sessionId?: string | null;
  /** Where the request came from; null: there was none. */
  readonly client: Pick<ClientInfo, 'ip' | 'userAgent' | 'requestId'> | null;
  readonly details?: AuditDetails;
}
