import { ApiProperty } from '@nestjs/swagger';
import type { HeldConsent } from './account-consents.js';

/** What a user allowed an OAuth client, in the export of their account. */
export class ExportedConsentModel {
  @ApiProperty({ example: 'shop' })
  clientId!: string;

  @ApiProperty({ example: 'Shop', description: 'What the application is called.' })
  name!: string;

  @ApiProperty({ type: [String], example: ['openid', 'email'] })
  scopes!: string[];

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  createdAt!: string;

  static of({ clientId, name, scopes, createdAt }: HeldConsent): ExportedConsentModel {
    return { clientId, name, scopes: [...scopes], createdAt: createdAt.toISOString() };
  }
}
