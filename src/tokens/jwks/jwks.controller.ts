import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import { Public } from '../../common/public.decorator.js';
import { SigningKeys } from '../keys/signing-keys.js';

class JwksModel {
  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    description: 'Public keys (RFC 7517 section 4); empty with HS256, whose secret is never published.',
    example: [
      { kty: 'EC', crv: 'P-256', x: '2zIHSi…', y: 'e7k0C1…', kid: 'x4ZT…', alg: 'ES256', use: 'sig' },
    ],
  })
  keys!: object[];
}

@ApiTags('Discovery')
@Public()
@Controller('.well-known')
export class JwksController {
  constructor(private readonly keys: SigningKeys) {}

  @Get('jwks.json')
  @Header('Cache-Control', 'public, max-age=300')
  @ApiOperation({
    summary: 'Public keys',
    description: 'The JSON Web Key Set (RFC 7517) that verifies access tokens.',
  })
  @ApiOkResponse({ type: JwksModel })
  @ApiProblems()
  jwks(): JwksModel {
    return { keys: this.keys.all.flatMap((key) => (key.publicJwk ? [key.publicJwk] : [])) };
  }
}
