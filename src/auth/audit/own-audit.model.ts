import { ApiProperty } from '@nestjs/swagger';
import type { AuditPage } from '../../audit/audit-log.js';
import type { AuditRow } from '../../audit/audit-events.table.js';
import { AuditEventFields, CursorPageFields, nextCursorOf } from './audit-event.model.js';

/** As the user whom it happened to sees it: not which operator it was, nor how we keep our logs. */
const DOERS = ['you', 'unknown', 'the service'] as const;

export class OwnAuditEventModel extends AuditEventFields {
  @ApiProperty({ enum: DOERS, description: '`unknown`: a caller who did not authenticate.', example: 'you' })
  by!: (typeof DOERS)[number];

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

export class OwnAuditPageModel extends CursorPageFields {
  @ApiProperty({ type: [OwnAuditEventModel], description: 'The newest first.' })
  events!: OwnAuditEventModel[];

  static of(page: AuditPage, reader: string): OwnAuditPageModel {
    return {
      events: page.events.map((event) => ownEvent(event, reader)),
      nextCursor: nextCursorOf(page),
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
  if (actorKind === 'anonymous') return 'unknown';
  return actorKind === 'user' && actorId === reader ? 'you' : 'the service';
}
