import { ApiProperty } from '@nestjs/swagger';
import { WithUserFields } from '../../auth/fields/user-field-models.js';
import { CursorPageFields } from '../../auth/audit/audit-event.model.js';
import { UserModel } from '../../auth/sign-in/user.model.js';
import type { UserFieldValues } from '../../users/fields/user-field.js';
import type { User } from '../../users/user.js';

/** What administrators see of a user. */
@WithUserFields('answer')
export class AdminUserModel extends UserModel {
  @ApiProperty({ example: false, description: 'Cannot log in.' })
  disabled!: boolean;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When a session was last opened; null: not since that is remembered.',
    example: '2026-02-03T08:15:00.000Z',
  })
  lastLoginAt!: string | null;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  updatedAt!: string;

  /** @param fields a team's own */
  static override of(user: User, fields: UserFieldValues): AdminUserModel {
    return Object.assign(UserModel.of(user, fields), {
      disabled: user.disabledAt !== null,
      lastLoginAt: user.lastLoginAt?.toISOString() ?? null,
      updatedAt: user.updatedAt.toISOString(),
    });
  }
}

export class AdminUserPageModel extends CursorPageFields {
  @ApiProperty({
    type: [AdminUserModel],
    description: '`limit` at most. Fewer, or none, do not mean that there are no more: `nextCursor` does.',
  })
  users!: AdminUserModel[];
}
