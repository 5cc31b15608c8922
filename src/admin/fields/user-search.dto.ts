import { ApiProperty } from '@nestjs/swagger';
import { AuditPageDto } from '../../auth/audit/audit-page.dto.js';
import { encodeCursor } from '../../auth/audit/audit-cursor.js';
import { CursorPageFields } from '../../auth/audit/audit-event.model.js';
import { UserModel } from '../../auth/sign-in/user.model.js';
import { IsSecretText } from '../../common/validation/text.js';
import type { UserWithFields } from '../../users/user-fields-store.js';

export class UserSearchDto extends AuditPageDto {
  @ApiProperty({
    minLength: 1,
    maxLength: 63,
    description: 'The name of a field that is searchable.',
    example: 'staffNumber',
  })
  @IsSecretText(63)
  field!: string;

  @ApiProperty({
    minLength: 1,
    maxLength: 255,
    description: 'What they have in it, compared exactly.',
    example: 'A1234',
  })
  @IsSecretText(255)
  value!: string;
}

export class UserPageModel extends CursorPageFields {
  @ApiProperty({ type: [UserModel], description: 'In the order of their ids.' })
  users!: UserModel[];

  /** @param found one more than `limit`, if there are as many */
  static of(found: readonly UserWithFields[], limit: number): UserPageModel {
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    return {
      users: page.map(({ user, values }) => UserModel.of(user, values)),
      nextCursor: last ? encodeCursor(last.user.id) : null,
    };
  }
}
