import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ACTOR_KINDS, AUDIT_EVENT_TYPES, AUDIT_OUTCOMES, type AuditDetails } from '../audit/audit-event.js';
import type { AuditPage } from '../audit/audit-log.js';
import type { AuditRow } from '../audit/audit-events.table.js';
import { encodeCursor } from '../auth/audit/audit-cursor.js';

class AuditActorModel {
  @ApiProperty({ enum: ACTOR_KINDS, example: 'user' })
  kind!: (typeof ACTOR_KINDS)[number];

  @ApiProperty({ type: String, nullable: true, example: 'b5f0a1f2-6a0c-4c3f-9f0e-0d4c1a7a2f11' })
  id!: string | null;
}

class AuditDetailsModel implements AuditDetails {
  @ApiPropertyOptional({ example: 'logout', description: 'Why it failed, or why a session ended.' })
  reason?: string;

  @ApiPropertyOptional({ enum: ['recent', 'stale'], example: 'stale' })
  reuse?: 'recent' | 'stale';

  @ApiPropertyOptional({ example: 'admin' })
  role?: string;

  @ApiPropertyOptional({ type: 'integer', example: 1, description: 'How many sessions were ended.' })
  sessions?: number;

  @ApiPropertyOptional({
    example: 'k3Jt0uU1mJ8R2w5v',
    description: 'A keyed hash of the e-mail address given.',
  })
  identifier?: string;

  @ApiPropertyOptional({ example: 'hT2pX0b9mJ0cYxQJw7i9L1rE6oZ6uVdB2c5k1m8n0aA' })
  kid?: string;

  @ApiPropertyOptional({
    example: 'b5f0a1f2-6a0c-4c3f-9f0e-0d4c1a7a2f11',
    description: 'Its `jti`; or `all`.',
  })
  tokenId?: string;
}

class AuditEventModel {
  @ApiProperty({ format: 'uuid', example: '019c0f3a-9d00-7000-8b1c-2f4f8f1d7a10' })
  id!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  occurredAt!: string;

  @ApiProperty({ enum: AUDIT_EVENT_TYPES, enumName: 'AuditEventType', example: 'session.ended' })
  type!: AuditRow['type'];

  @ApiProperty({ enum: AUDIT_OUTCOMES, example: 'success' })
  outcome!: AuditRow['outcome'];

  @ApiProperty({
    description: 'Who did it.',
    example: { kind: 'user', id: 'b5f0a1f2-6a0c-4c3f-9f0e-0d4c1a7a2f11' },
  })
  actor!: AuditActorModel;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Id of the user whom it happened to.',
    example: 'b5f0a1f2-6a0c-4c3f-9f0e-0d4c1a7a2f11',
  })
  subject!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '0c7a4a3e-5a1b-4b39-8d3c-2f4f8f1d7a10' })
  sessionId!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '203.0.113.7' })
  ip!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'curl/8.5.0' })
  userAgent!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: '`X-Request-Id` of the answer, and in the logs.',
    example: '6f1c9a52-1f0e-4a8b-9d1a-57b6c1f1f2ab',
  })
  requestId!: string | null;

  @ApiProperty({ example: { reason: 'logout', sessions: 1 } })
  details!: AuditDetailsModel;
}

export class AuditPageModel {
  @ApiProperty({ type: [AuditEventModel], description: 'The newest first.' })
  events!: AuditEventModel[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'To ask for the next page with; null on the last one.',
    example: 'AZxJ8ZgAcABYTp3w9ZKxGg',
  })
  nextCursor!: string | null;

  static of({ events, next }: AuditPage): AuditPageModel {
    return {
      events: events.map(({ occurredAt, actorKind, actorId, ...event }) => ({
        ...event,
        occurredAt: occurredAt.toISOString(),
        actor: { kind: actorKind, id: actorId },
      })),
      nextCursor: next === undefined ? null : encodeCursor(next),
    };
  }
}
