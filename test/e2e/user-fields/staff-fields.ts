import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsOptional, Length, ValidateNested } from 'class-validator';
import { UserField } from '../../../src/users/fields/user-field.js';
import { StaffFields as ShownFields } from '../../docs/examples/staff-fields.js';

class PostalAddress {
  @ApiProperty({ example: 'Hauptstraße 1' })
  @Length(1, 100)
  street!: string;

  @ApiProperty({ example: 'Berlin' })
  @Length(1, 100)
  city!: string;
}

/** What a team keeps of its users: the fields that docs/extending.md shows, and others. */
export class StaffFields extends ShownFields {
  @UserField({ write: 'user', audit: 'value', token: true })
  @ApiPropertyOptional({ enum: ['de', 'en'], example: 'de' })
  @IsOptional()
  @IsIn(['de', 'en'])
  language?: 'de' | 'en' | null = 'en';

  @UserField({ write: 'user' })
  @ApiPropertyOptional({ type: PostalAddress })
  @IsOptional()
  @ValidateNested()
  @Type(() => PostalAddress)
  address?: PostalAddress | null;
}

let last = 1000;

/** Of no other user of the run. */
export function newStaffNumber(): string {
  return `S${(last += 1)}`;
}
