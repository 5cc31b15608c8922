import { ApiProperty } from '@nestjs/swagger';
import type { HeldConsent } from '../../auth/account/account-consents.js';

/** What a user allowed a client. */
export class ConsentModel {
  @ApiProperty({ example: 'shop' })
  clientId!: string;

  @ApiProperty({ description: 'For people.', example: 'Shop' })
  name!: string;

  @ApiProperty({ type: [String], example: ['openid', 'email'] })
  scopes!: string[];

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  createdAt!: string;

  static of({ clientId, name, scopes, createdAt }: HeldConsent): ConsentModel {
    return { clientId, name, scopes: [...scopes], createdAt: createdAt.toISOString() };
  }
}
