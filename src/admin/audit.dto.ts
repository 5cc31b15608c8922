import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsIP, IsOptional, Matches } from 'class-validator';
import {
  AUDIT_EVENT_TYPES,
  AUDIT_OUTCOMES,
  type AuditEventType,
  type AuditOutcome,
} from '../audit/audit-event.js';
import { AuditPageDto } from '../auth/audit/audit-page.dto.js';
import { IsInstant } from '../common/validation/instant.js';

/** What a subject or an actor may be: a user's id, which is visible ASCII. */
const SUBJECT = /^[!-~]{1,255}$/;

const BOOLEANS = ['true', 'false'] as const;

export class AuditQueryDto extends AuditPageDto {
  @ApiPropertyOptional({ enum: AUDIT_EVENT_TYPES, example: 'login.failed' })
  @IsOptional()
  @IsIn(AUDIT_EVENT_TYPES, { message: 'type must be the name of an event' })
  type?: AuditEventType;

  @ApiPropertyOptional({ maxLength: 255, description: 'Id of the user whom it happened to.' })
  @IsOptional()
  @Matches(SUBJECT, { message: "subject must be a user's id" })
  subject?: string;

  @ApiPropertyOptional({
    maxLength: 255,
    description: 'Who did it: a user’s id, or `operator`, `system`, `anonymous` or `user`.',
  })
  @IsOptional()
  @Matches(SUBJECT, { message: "actor must be a user's id, or operator, system, anonymous or user" })
  actor?: string;

  @ApiPropertyOptional({ enum: AUDIT_OUTCOMES })
  @IsOptional()
  @IsIn(AUDIT_OUTCOMES, { message: 'outcome must be success or failure' })
  outcome?: AuditOutcome;

  @ApiPropertyOptional({
    description: 'The address it came from, as it is recorded.',
    example: '203.0.113.7',
  })
  @IsOptional()
  @IsIP(undefined, { message: 'ip must be an IP address' })
  ip?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Not before.', example: '2026-01-31T12:00:00Z' })
  @IsOptional()
  @IsInstant()
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Before.', example: '2026-02-01T00:00:00Z' })
  @IsOptional()
  @IsInstant()
  to?: string;

  @ApiPropertyOptional({
    enum: BOOLEANS,
    description:
      'Whether `users` is answered, too, with the addresses of the users that the page names. Needs the scope `users:read`.',
  })
  @IsOptional()
  @IsIn(BOOLEANS, { message: 'addresses must be true or false' })
  addresses?: (typeof BOOLEANS)[number];
}
