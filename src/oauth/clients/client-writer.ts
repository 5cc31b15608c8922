import type { AuditDetails, AuditEvent } from '../../audit/audit-event.js';
import type { Transaction } from '../../common/unit-of-work.js';
import type { ClientSettings, OAuthClient } from './oauth-client.js';

/** What of a client decides who may make and change it. */
export type ClientReach = Pick<ClientSettings, 'scopes' | 'firstParty'>;

/** What a change makes of a client. */
export interface ClientTransition {
  /** Held; undefined of a new one. */
  readonly before?: OAuthClient;
  /** Undefined of one that is deleted. */
  readonly after?: ClientReach;
}

/** Who changes clients. */
export interface ClientWriter {
  /** As the audit log says it. */
  readonly acting: Pick<AuditEvent, 'actor' | 'sessionId' | 'client'>;
  /** What the audit log says beside the client. */
  readonly details?: AuditDetails;
  /** Called before anything is written; throws where the change may not be. Default: all may be. */
  readonly admit?: (transition: ClientTransition, transaction: Transaction) => Promise<void>;
}

/** An operator on the command line, who may change all of them. */
export const OPERATOR: ClientWriter = {
  acting: { actor: { kind: 'operator' }, sessionId: null, client: null },
};
