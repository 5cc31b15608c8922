import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import { IsStorableText } from '../../common/validation/text.js';

/** Characters; a code has nine. */
const TYPED_MAX = 64;

/** A code that a person typed. */
export class UserCodeDto {
  @ApiProperty({
    minLength: 1,
    maxLength: TYPED_MAX,
    description: 'As the device shows it. Case, dashes and spaces do not count.',
    example: 'BCDF-GHJK',
  })
  @IsStorableText(TYPED_MAX)
  userCode!: string;
}

/** What a person answers a device. */
export class DeviceAnswerDto extends UserCodeDto {
  @ApiProperty({ description: 'Whether the device gets what it asks for.', example: true })
  @IsBoolean({ message: 'allow must be true or false' })
  allow!: boolean;
}
