import { ApiProperty } from '@nestjs/swagger';
import { AUDIT_EVENT_TYPES, AUDIT_OUTCOMES } from '../../audit/audit-event.js';
import type { AuditPage } from '../../audit/audit-log.js';
import type { AuditRow } from '../../audit/audit-events.table.js';
import { encodeCursor } from './audit-cursor.js';

/** As the user whom it happened to sees it: not which operator it was, nor how we keep our logs. */
const DOERS = ['you', 'somebody', 'the service'] as const;

export class OwnAuditEventModel {
  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  occurredAt!: string;

  @ApiProperty({ enum: AUDIT_EVENT_TYPES, enumName: 'AuditEventType', example: 'login.succeeded' })
  type!: AuditRow['type'];

  @ApiProperty({ enum: AUDIT_OUTCOMES, example: 'success' })
  outcome!: AuditRow['outcome'];

  @ApiProperty({ enum: DOERS, description: '`somebody`: who did not show who they are.', example: 'you' })
  by!: (typeof DOERS)[number];

  @ApiProperty({ type: String, nullable: true, example: '0c7a4a3e-5a1b-4b39-8d3c-2f4f8f1d7a10' })
  sessionId!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '203.0.113.7' })
  ip!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The user agent.', example: 'curl/8.5.0' })
  device!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why it failed, or why a session ended.',
    example: null,
  })
  reason!: string | null;
}

export class OwnAuditPageModel {
  @ApiProperty({ type: [OwnAuditEventModel], description: 'The newest first.' })
  events!: OwnAuditEventModel[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'To ask for the next page with; null on the last one.',
    example: 'AZxJ8ZgAcABYTp3w9ZKxGg',
  })
  nextCursor!: string | null;

  static of({ events, next }: AuditPage, reader: string): OwnAuditPageModel {
    return {
      events: events.map((event) => ownEvent(event, reader)),
      nextCursor: next === undefined ? null : encodeCursor(next),
    };
  }
}

function ownEvent(row: AuditRow, reader: string): OwnAuditEventModel {
  const { occurredAt, type, outcome, sessionId, details } = row;
  const by = doerOf(row, reader);
  // Where an operator or another user was is their business.
  const [ip, device] = by === 'the service' ? [null, null] : [row.ip, row.userAgent];
  const reason = details.reason ?? details.reuse ?? null;
  return { occurredAt: occurredAt.toISOString(), type, outcome, by, sessionId, ip, device, reason };
}

function doerOf({ actorKind, actorId }: AuditRow, reader: string): (typeof DOERS)[number] {
  if (actorKind === 'anonymous') return 'somebody';
  return actorKind === 'user' && actorId === reader ? 'you' : 'the service';
}
