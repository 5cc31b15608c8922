import { ApiProperty } from '@nestjs/swagger';
import type { UserFieldValues } from '../../users/fields/user-field.js';
import type { User } from '../../users/user.js';
import { WithUserFields } from '../fields/user-field-models.js';

/** What of a user leaves over HTTP. */
@WithUserFields('answer')
export class UserModel {
  @ApiProperty({ format: 'uuid', example: 'b5f0a1f2-6a0c-4c3f-9f0e-0d4c1a7a2f11' })
  id!: string;

  @ApiProperty({ type: String, nullable: true, example: 'Ada Lovelace' })
  name!: string | null;

  @ApiProperty({ format: 'idn-email', example: 'ada@example.com' })
  email!: string;

  @ApiProperty({ example: false })
  emailVerified!: boolean;

  @ApiProperty({ type: [String], example: ['user'] })
  roles!: string[];

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  createdAt!: string;

  /** @param fields a team's own */
  static of(user: User, fields: UserFieldValues): UserModel {
    return {
      ...fields,
      id: user.id,
      name: user.name,
      email: user.email,
      emailVerified: user.emailVerifiedAt !== null,
      roles: [...user.roles],
      createdAt: user.createdAt.toISOString(),
    };
  }
}
