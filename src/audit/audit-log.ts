import { Injectable } from '@nestjs/common';
import { and, desc, eq, gte, lt, type SQL } from 'drizzle-orm';
import { union } from 'drizzle-orm/pg-core';
import { type Database, InjectDatabase } from '../database/database.js';
import { ACTOR_KINDS, type AuditEventType, type AuditOutcome } from './audit-event.js';
import { auditEvents, type AuditRow } from './audit-events.table.js';
import { firstIdAt } from '../common/time-ordered-id.js';

export interface AuditQuery {
  readonly type?: AuditEventType | undefined;
  readonly subject?: string | undefined;
  /** Id of a user whom it happened to, or who did it. */
  readonly concerning?: string | undefined;
  /** A user's id, or a kind of actor. */
  readonly actor?: string | undefined;
  readonly outcome?: AuditOutcome | undefined;
  readonly ip?: string | undefined;
  readonly from?: Date | undefined;
  /** Exclusive. */
  readonly to?: Date | undefined;
  /** Id of the last event of the page before. */
  readonly before?: string | undefined;
  readonly limit: number;
}

export interface AuditPage {
  readonly events: readonly AuditRow[];
  /** What `before` is for the next page; undefined: this is the last one. */
  readonly next: string | undefined;
}

/** Reads the table `audit_events`, the newest first. A page begins after an event, so that new ones move nothing. */
@Injectable()
export class AuditLog {
  constructor(@InjectDatabase() private readonly db: Database) {}

  async find(query: AuditQuery): Promise<AuditPage> {
    const { concerning, ...others } = query;
    const rows = await (concerning === undefined ? this.newest(others) : this.concerning(concerning, others));
    const events = rows.slice(0, query.limit);
    return { events, next: rows.length > query.limit ? events.at(-1)?.id : undefined };
  }

  /**
   * Each half in the order of its own index. Asked with one `or`, a planner without statistics walks through everyone's events
   * by time until it has found enough of this user.
   */
  private concerning(user: string, query: AuditQuery) {
    return union(
      this.newest(query, eq(auditEvents.subject, user)),
      this.newest(query, eq(auditEvents.actorId, user)),
    )
      .orderBy(desc(auditEvents.id))
      .limit(query.limit + 1);
  }

  private newest(query: AuditQuery, who?: SQL) {
    return this.db
      .select()
      .from(auditEvents)
      .where(and(who, ...conditionsOf(query)))
      .orderBy(desc(auditEvents.id))
      .limit(query.limit + 1);
  }
}

function conditionsOf({
  type,
  subject,
  actor,
  outcome,
  ip,
  from,
  to,
  before,
}: Omit<AuditQuery, 'concerning'>): (SQL | undefined)[] {
  return [
    ...(type === undefined ? [] : [eq(auditEvents.type, type)]),
    ...(subject === undefined ? [] : [eq(auditEvents.subject, subject)]),
    ...(actor === undefined ? [] : [byActor(actor)]),
    ...(outcome === undefined ? [] : [eq(auditEvents.outcome, outcome)]),
    ...(ip === undefined ? [] : [eq(auditEvents.ip, ip)]),
    ...(from === undefined ? [] : [gte(auditEvents.id, firstIdAt(from.getTime()))]),
    ...(to === undefined ? [] : [lt(auditEvents.id, firstIdAt(to.getTime()))]),
    ...(before === undefined ? [] : [lt(auditEvents.id, before)]),
  ];
}

function byActor(actor: string): SQL {
  const kind = ACTOR_KINDS.find((each) => each === actor);
  return kind ? eq(auditEvents.actorKind, kind) : eq(auditEvents.actorId, actor);
}
