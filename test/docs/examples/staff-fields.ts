import { Controller, Get } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional, IsUUID, Matches } from 'class-validator';
import { CurrentUser, type LatchkeyComposition, type Principal, UserField, UserFields } from 'latchkey';

const inCapitals = ({ value }: { value: unknown }) =>
  typeof value === 'string' ? value.trim().toUpperCase() : value;

export class StaffFields {
  @UserField({ write: 'user', unique: true })
  @ApiProperty({ pattern: '^[A-Z][0-9]{4,8}$', example: 'A1234' })
  @Transform(inCapitals)
  @Matches(/^[A-Z][0-9]{4,8}$/, { message: 'staffNumber must be a letter and four to eight digits' })
  staffNumber!: string;

  @UserField({ write: 'user' })
  @ApiPropertyOptional({ type: String, example: '+49 30 123456' })
  @IsOptional()
  @Matches(/^\+[0-9 ]{6,20}$/, { message: 'telephone must be a telephone number' })
  telephone?: string | null;

  @UserField({ write: 'admin', token: true, searchable: true })
  @ApiPropertyOptional({ type: String, format: 'uuid', example: '0c7a4a3e-5a1b-4b39-8d3c-2f4f8f1d7a10' })
  @IsOptional()
  @IsUUID()
  tenantId?: string | null;
}

const fields = UserFields.of(StaffFields);

export const staff: LatchkeyComposition = { fields };

@Controller('rooms')
export class RoomsController {
  @Get()
  list(@CurrentUser('claims') claims: Principal['claims']) {
    const { tenantId } = fields.valuesIn(claims);
    return tenantId === null ? [] : [{ of: tenantId }];
  }
}
