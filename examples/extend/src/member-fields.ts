import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsUUID, Matches } from 'class-validator';
import { UserField } from 'latchkey';

/** What this application knows of its users, beside what Latchkey does. */
export class MemberFields {
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
