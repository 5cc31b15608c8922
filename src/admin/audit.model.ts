import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ACTOR_KINDS, type AuditDetails } from '../audit/audit-event.js';
import type { AuditPage } from '../audit/audit-log.js';
import type { User } from '../users/user.js';
import { AuditEventFields, CursorPageFields, nextCursorOf } from '../auth/audit/audit-event.model.js';

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
    type: 'integer',
    example: 1000,
    description: 'How many users were imported at once, or exported.',
  })
  users?: number;

  @ApiPropertyOptional({ type: 'boolean', description: 'Whether an export has password hashes.' })
  hashes?: boolean;

  @ApiPropertyOptional({
    example: 'k3Jt0uU1mJ8R2w5v',
    description: 'A keyed hash of the e-mail address given.',
  })
  identifier?: string;

  @ApiPropertyOptional({ example: 'Zr8v0b2mJ4cYxQJw', description: 'The same of the address before.' })
  previousIdentifier?: string;

  @ApiPropertyOptional({ example: 'hT2pX0b9mJ0cYxQJw7i9L1rE6oZ6uVdB2c5k1m8n0aA' })
  kid?: string;

  @ApiPropertyOptional({
    example: '019c0f3a-9d00-7000-8b1c-2f4f8f1d7a10',
    description: 'Of an OAuth client.',
  })
  clientId?: string;

  @ApiPropertyOptional({
    example: '019c0f3a-9d00-7000-8b1c-2f4f8f1d7a11',
    description: 'Of a token by which OAuth clients register.',
  })
  initialAccessTokenId?: string;

  @ApiPropertyOptional({
    example: 'b5f0a1f2-6a0c-4c3f-9f0e-0d4c1a7a2f11',
    description: 'Its `jti`; or `all`.',
  })
  tokenId?: string;

  @ApiPropertyOptional({
    type: [String],
    example: ['telephone'],
    description: 'Fields that were changed.',
  })
  fields?: readonly string[];

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    example: { language: 'de' },
    description: 'Their new values, of those declared as harmless; null: taken back.',
  })
  values?: Readonly<Record<string, unknown>>;

  @ApiPropertyOptional({
    example: 'directory',
    description: "The credential strategy of the application's own that knew the password.",
  })
  strategy?: string;

  @ApiPropertyOptional({ example: 'OUTSIDE_OFFICE_HOURS', description: 'Why the login gate denied a login.' })
  denial?: string;

  @ApiPropertyOptional({
    type: [String],
    example: ['pwd', 'otp'],
    description: 'How a user showed who they are, where the login gate asked for more than the credential.',
  })
  methods?: readonly string[];
}

class AuditEventModel extends AuditEventFields {
  @ApiProperty({ format: 'uuid', example: '019c0f3a-9d00-7000-8b1c-2f4f8f1d7a10' })
  id!: string;

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

class NamedUserModel {
  @ApiProperty({ format: 'uuid', example: 'b5f0a1f2-6a0c-4c3f-9f0e-0d4c1a7a2f11' })
  id!: string;

  @ApiProperty({ format: 'idn-email', example: 'ada@example.com' })
  email!: string;
}

export class AuditPageModel extends CursorPageFields {
  @ApiProperty({ type: [AuditEventModel], description: 'The newest first.' })
  events!: AuditEventModel[];

  @ApiPropertyOptional({
    type: [NamedUserModel],
    description: 'With `addresses=true`: the users that the events name, of those who are there still.',
  })
  users?: NamedUserModel[];

  static of(page: AuditPage, users?: readonly User[]): AuditPageModel {
    return {
      events: page.events.map(({ occurredAt, actorKind, actorId, ...event }) => ({
        ...event,
        occurredAt: occurredAt.toISOString(),
        actor: { kind: actorKind, id: actorId },
      })),
      ...(users && { users: users.map(({ id, email }) => ({ id, email })) }),
      nextCursor: nextCursorOf(page),
    };
  }
}
