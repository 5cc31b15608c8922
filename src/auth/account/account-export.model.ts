import { ApiProperty } from '@nestjs/swagger';
import type { OneTimeToken } from '../../tokens/one-time/one-time-token.js';
import type { Session } from '../../tokens/sessions/session.js';
import type { User } from '../../users/user.js';
import { SessionModel } from '../session/session.model.js';
import { UserModel } from '../session/user.model.js';

const INSTANT = { type: String, format: 'date-time', example: '2026-01-31T12:00:00.000Z' } as const;

class ExportedProfileModel extends UserModel {
  @ApiProperty({ ...INSTANT, nullable: true })
  emailVerifiedAt!: string | null;

  @ApiProperty(INSTANT)
  updatedAt!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: {},
    description: "A team's own fields.",
  })
  attributes!: Record<string, unknown>;
}

class ExportedSessionModel extends SessionModel {
  @ApiProperty({ ...INSTANT, description: 'When it ends at the latest.' })
  expiresAt!: string;
}

class ExportedLinkModel {
  @ApiProperty({ example: 'email-verification', description: 'What the link that was mailed is good for.' })
  purpose!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'ada.king@example.com',
    description: 'The new address, of a change of address.',
  })
  email!: string | null;

  @ApiProperty(INSTANT)
  createdAt!: string;

  @ApiProperty(INSTANT)
  expiresAt!: string;
}

/** Everything held about a user, but for what only guards the account: hashes. */
export class AccountExportModel {
  @ApiProperty(INSTANT)
  exportedAt!: string;

  @ApiProperty({ type: ExportedProfileModel })
  profile!: ExportedProfileModel;

  @ApiProperty({ type: [ExportedSessionModel], description: 'Open ones.' })
  sessions!: ExportedSessionModel[];

  @ApiProperty({ type: [ExportedLinkModel], description: 'Links that were mailed and can still be used.' })
  pendingLinks!: ExportedLinkModel[];

  static of(
    now: number,
    user: User,
    sessions: readonly Session[],
    currentSessionId: string,
    tokens: readonly OneTimeToken[],
  ): AccountExportModel {
    return {
      exportedAt: new Date(now).toISOString(),
      profile: Object.assign(UserModel.of(user), {
        emailVerifiedAt: user.emailVerifiedAt?.toISOString() ?? null,
        updatedAt: user.updatedAt.toISOString(),
        attributes: { ...user.attributes },
      }),
      sessions: sessions.map((session) =>
        Object.assign(SessionModel.of(session, currentSessionId), {
          expiresAt: session.expiresAt.toISOString(),
        }),
      ),
      pendingLinks: tokens.map(({ purpose, payload, createdAt, expiresAt }) => ({
        purpose,
        email: typeof payload['email'] === 'string' ? payload['email'] : null,
        createdAt: createdAt.toISOString(),
        expiresAt: expiresAt.toISOString(),
      })),
    };
  }
}
