import { ApiProperty } from '@nestjs/swagger';
import { CursorPageFields, nextCursorOf } from '../auth/audit/audit-event.model.js';
import type { InvitationPage } from '../auth/registration/pending-invitations.js';

class InvitationModel {
  @ApiProperty({ format: 'uuid', example: '019c0f3a-9d00-7000-8b1c-2f4f8f1d7a10' })
  id!: string;

  @ApiProperty({ format: 'idn-email', example: 'grace@example.com' })
  email!: string;

  @ApiProperty({ type: String, nullable: true, example: 'Grace Hopper' })
  name!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Id of the administrator.',
    example: 'b5f0a1f2-6a0c-4c3f-9f0e-0d4c1a7a2f11',
  })
  invitedBy!: string | null;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  createdAt!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'Until when it can be accepted.',
    example: '2026-02-07T12:00:00.000Z',
  })
  expiresAt!: string;
}

/** An invitation that was mailed. */
export class InvitedModel {
  @ApiProperty({ format: 'uuid', example: '019c0f3a-9d00-7000-8b1c-2f4f8f1d7a10' })
  id!: string;
}

export class InvitationPageModel extends CursorPageFields {
  @ApiProperty({ type: [InvitationModel], description: 'The latest first.' })
  invitations!: InvitationModel[];

  static of(page: InvitationPage): InvitationPageModel {
    return {
      invitations: page.invitations.map(({ createdAt, expiresAt, fields: _, ...invitation }) => ({
        ...invitation,
        createdAt: createdAt.toISOString(),
        expiresAt: expiresAt.toISOString(),
      })),
      nextCursor: nextCursorOf(page),
    };
  }
}
