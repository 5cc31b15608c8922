import { ApiProperty } from '@nestjs/swagger';
import { AUDIT_EVENT_TYPES, AUDIT_OUTCOMES } from '../../audit/audit-event.js';
import type { AuditRow } from '../../audit/audit-events.table.js';
import { encodeCursor } from './audit-cursor.js';

/** What every reader of an event sees of it. */
export class AuditEventFields {
  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  occurredAt!: string;

  @ApiProperty({ enum: AUDIT_EVENT_TYPES, enumName: 'AuditEventType', example: 'session.ended' })
  type!: AuditRow['type'];

  @ApiProperty({ enum: AUDIT_OUTCOMES, example: 'success' })
  outcome!: AuditRow['outcome'];

  @ApiProperty({ type: String, nullable: true, example: '0c7a4a3e-5a1b-4b39-8d3c-2f4f8f1d7a10' })
  sessionId!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '203.0.113.7' })
  ip!: string | null;
}

export class CursorPageFields {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'To ask for the next page with; null on the last one.',
    example: 'AZxJ8ZgAcABYTp3w9ZKxGg',
  })
  nextCursor!: string | null;
}

export function nextCursorOf({ next }: { readonly next: string | undefined }): string | null {
  return next === undefined ? null : encodeCursor(next);
}
