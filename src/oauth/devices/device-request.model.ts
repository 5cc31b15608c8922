import { ApiProperty } from '@nestjs/swagger';
import type { DeviceRequest } from './device-request.js';

/** What a device asks a person for. */
export class DeviceRequestModel {
  @ApiProperty({ example: 'shop' })
  clientId!: string;

  @ApiProperty({ description: 'For people.', example: 'Shop' })
  name!: string;

  @ApiProperty({ type: [String], example: ['openid', 'email'] })
  scopes!: string[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Where its tokens are for (RFC 8707); null: it names none.',
    example: 'https://orders.example.com/',
  })
  resource!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Address that it asks from.',
    example: '203.0.113.7',
  })
  ip!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'tv/1.0' })
  userAgent!: string | null;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-31T12:10:00.000Z' })
  expiresAt!: string;

  static of({ scopes, resource, expiresAt, ...request }: DeviceRequest): DeviceRequestModel {
    const { clientId, name, ip, userAgent } = request;
    return {
      clientId,
      name,
      scopes: [...scopes],
      resource: resource ?? null,
      ip,
      userAgent,
      expiresAt: expiresAt.toISOString(),
    };
  }
}
