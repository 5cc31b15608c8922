import type { ClientInfo } from '../../common/client-info.js';
import type { Actor, AuditDetails, AuditEvent, AuditEventType, AuditOutcome } from '../audit-event.js';

/** What an event says beside who, when and from where. A closed set; no secret, no address. */
export interface AuthEventDetails extends AuditDetails {
  /** Of `attempt.refused`: what was tried. */
  readonly attempted?: AuditEventType;
}

/**
 * What happens, and what is always known of it. The names are those of the audit log, but for `attempt.refused`: there it
 * is the name of what was tried, with the outcome `failure`, which no listener shall take for what was done.
 */
const AUTH_EVENT_FACTS = {
  'login.succeeded': ['subject', 'sessionId'],
  'login.failed': ['reason'],
  'login.challenged': ['subject'],
  'account.throttled': ['identifier'],
  'rate_limit.exceeded': ['reason'],
  'csrf.rejected': ['reason'],
  'session.ended': ['subject', 'reason', 'sessions'],
  'session.all_ended': ['reason', 'sessions'],
  'session.reauthenticated': ['subject', 'sessionId'],
  'session.refresh_reused': ['subject', 'sessionId', 'reuse'],
  'session.refresh_refused': ['reason'],
  'token.revoked': ['tokenId'],
  'grant.opened': ['subject', 'sessionId', 'clientId'],
  'registration.requested': ['identifier'],
  'user.registered': ['subject'],
  'user.invited': ['identifier'],
  'user.changed': ['subject', 'fields'],
  'user.disabled': ['subject'],
  'user.enabled': ['subject'],
  'user.deleted': ['subject'],
  'user.unlocked': ['subject'],
  'user.exported': ['subject'],
  'user.fields_changed': ['subject', 'fields'],
  'users.imported': ['users'],
  'users.exported': ['users'],
  'identity.linked': ['subject', 'strategy'],
  'invitation.accepted': ['subject'],
  'invitation.withdrawn': ['identifier'],
  'admin.created': ['subject'],
  'admin.password_renewed': ['subject'],
  'role.granted': ['subject', 'role'],
  'role.withdrawn': ['subject', 'role'],
  'role.created': ['role'],
  'role.changed': ['role'],
  'role.deleted': ['role'],
  'password.changed': ['subject', 'sessionId'],
  'password.reset_requested': [],
  'password.reset': ['subject'],
  'email.verification_requested': ['subject'],
  'email.verified': ['subject'],
  'email.change_requested': ['subject', 'identifier', 'previousIdentifier'],
  'email.changed': ['subject', 'identifier', 'previousIdentifier'],
  'signing_key.rotated': ['kid'],
  'signing_key.revoked': ['kid'],
  'client.created': ['clientId'],
  'client.changed': ['clientId', 'fields'],
  'client.deleted': ['clientId'],
  'client.secret_rotated': ['clientId'],
  'initial_access_token.created': ['initialAccessTokenId'],
  'initial_access_token.revoked': ['initialAccessTokenId'],
  'consent.given': ['subject', 'clientId'],
  'consent.withdrawn': ['subject', 'clientId'],
  'device.allowed': ['subject', 'clientId'],
  'device.denied': ['subject', 'clientId'],
  'token.exchanged': ['sessionId', 'clientId'],
  'attempt.refused': ['attempted', 'reason'],
} as const satisfies Record<
  AuditEventType | 'attempt.refused',
  readonly ('subject' | 'sessionId' | keyof AuthEventDetails)[]
>;

/** These are failures by their name. */
const NAMED_FAILURES: ReadonlySet<AuditEventType> = new Set([
  'login.failed',
  'rate_limit.exceeded',
  'csrf.rejected',
  'session.refresh_refused',
]);

/** What can be listened to, e.g. `user.registered`. Names are never changed or reused. */
export type AuthEventType = AuditEventType | 'attempt.refused';

type AuthEventFact<Type extends AuthEventType> = (typeof AUTH_EVENT_FACTS)[Type][number];

/** Something that happened in this process, and is committed. Frozen. */
export type AuthEvent<Type extends AuthEventType = AuthEventType> = Type extends AuthEventType
  ? {
      readonly type: Type;
      readonly outcome: AuditOutcome;
      readonly occurredAt: Date;
      readonly actor: Actor;
      /** Id of the user whom it happened to; null: not known. */
      readonly subject: 'subject' extends AuthEventFact<Type> ? string : string | null;
      readonly sessionId: 'sessionId' extends AuthEventFact<Type> ? string : string | null;
      /** Where the request came from; null: there was none. */
      readonly client: Pick<ClientInfo, 'ip' | 'userAgent' | 'requestId'> | null;
      readonly details: AuthEventDetails &
        Required<Pick<AuthEventDetails, Extract<AuthEventFact<Type>, keyof AuthEventDetails>>>;
    }
  : never;

/** Under which name the event is told. */
export function authEventTypeOf({ type, outcome }: AuditEvent): AuthEventType {
  return outcome === 'failure' && !NAMED_FAILURES.has(type) ? 'attempt.refused' : type;
}

/** @throws Error if something is not known of it that always should be */
export function toAuthEvent(event: AuditEvent, occurredAt: Date): AuthEvent {
  const { outcome = 'success', actor, subject, sessionId = null, client } = event;
  const type = authEventTypeOf(event);
  const details: AuthEventDetails = {
    ...event.details,
    ...(type === 'attempt.refused' && { attempted: event.type }),
  };
  const known: Readonly<Record<string, unknown>> = { ...details, subject, sessionId };
  const missing = AUTH_EVENT_FACTS[type].filter((fact) => known[fact] === undefined || known[fact] === null);
  if (missing.length > 0) throw new Error(`${type} was recorded without ${missing.join(', ')}`);
  return Object.freeze({
    type,
    outcome,
    occurredAt,
    actor: Object.freeze({ ...actor }),
    subject,
    sessionId,
    client:
      client && Object.freeze({ ip: client.ip, userAgent: client.userAgent, requestId: client.requestId }),
    details: Object.freeze(details),
  }) as AuthEvent;
}
