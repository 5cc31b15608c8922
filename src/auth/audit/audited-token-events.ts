import { Injectable } from '@nestjs/common';
import type { Actor } from '../../audit/audit-event.js';
import { AuditSink } from '../../audit/audit-sink.js';
import type { Transaction } from '../../common/unit-of-work.js';
import type { SessionEndReason } from '../../tokens/sessions/session.js';
import { ReuseNotice } from '../mails/reuse-notice.js';
import {
  type AllSessionsEnded,
  type AskedBy,
  type EndedSessions,
  TokenEvents,
} from '../../tokens/token-events.js';

/** Records what happens to sessions and signing keys, and tells users of a refresh token that was used again. */
@Injectable()
export class AuditedTokenEvents extends TokenEvents {
  constructor(
    private readonly audit: AuditSink,
    private readonly reuseNotice: ReuseNotice,
  ) {
    super();
  }

  override async sessionsEnded(ended: EndedSessions, transaction: Transaction): Promise<void> {
    const { subject, reason, ids, count, client } = ended;
    const common = { actor: actorOf(ended), subject, client };
    // The caller who used the token again had it, and that is all we know of them.
    if (reason === 'reuse_recent' || reason === 'reuse_stale') {
      const details = { reuse: reason === 'reuse_recent' ? 'recent' : 'stale' } as const;
      const sessionId = ids[0] ?? null;
      await this.audit.record({ type: 'session.refresh_reused', ...common, sessionId, details }, transaction);
      transaction.afterCommit(() => this.reuseNotice.send(subject, client));
      return;
    }
    const sessionId = count === 1 ? (ids[0] ?? null) : null;
    const details = { reason, sessions: count };
    await this.audit.record({ type: 'session.ended', ...common, sessionId, details }, transaction);
  }

  override async allSessionsEnded(
    { count, client, by }: AllSessionsEnded,
    transaction: Transaction,
  ): Promise<void> {
    const actor: Actor = by === undefined ? { kind: 'operator' } : { kind: 'user', id: by };
    const details = { reason: 'ended_by_admin', sessions: count };
    await this.audit.record(
      { type: 'session.all_ended', actor, subject: null, client, details },
      transaction,
    );
  }

  override async signingKeyRotated(
    kid: string,
    requested: boolean,
    transaction: Transaction,
    asked?: AskedBy,
  ): Promise<void> {
    await this.audit.record(
      {
        type: 'signing_key.rotated',
        actor: requested ? actorWho(asked) : { kind: 'system' },
        subject: null,
        client: asked?.client ?? null,
        details: { kid },
      },
      transaction,
    );
  }

  override async signingKeyRevoked(kid: string, transaction: Transaction): Promise<void> {
    await this.audit.record(
      {
        type: 'signing_key.revoked',
        actor: { kind: 'operator' },
        subject: null,
        client: null,
        details: { kid },
      },
      transaction,
    );
  }
}

function actorWho(asked: AskedBy | undefined): Actor {
  return asked ? { kind: 'user', id: asked.by } : { kind: 'operator' };
}

const BY_AN_UNKNOWN_CLIENT = new Set<SessionEndReason>(['reuse_recent', 'reuse_stale']);
const BY_OPERATORS = new Set<SessionEndReason>([
  'ended_by_admin',
  'account_disabled',
  'account_deleted',
  'client_removed',
  'client_narrowed',
]);

function actorOf({ reason, subject, client, by }: EndedSessions): Actor {
  if (by !== undefined) return { kind: 'user', id: by };
  if (BY_AN_UNKNOWN_CLIENT.has(reason)) return { kind: 'anonymous' };
  if (reason === 'store_restored') return { kind: 'system' };
  // By the user, from somewhere; operators do it on the server.
  if (reason === 'account_deleted' && client) return { kind: 'user', id: subject };
  return BY_OPERATORS.has(reason) ? { kind: 'operator' } : { kind: 'user', id: subject };
}
