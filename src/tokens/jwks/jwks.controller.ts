import { Get, Headers, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { UnversionedController } from '../../common/unversioned-controller.decorator.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import { Public } from '../../common/public.decorator.js';
import { TokensConfig } from '../../config/config.js';
import { SigningKeys } from '../keys/signing-keys.js';
import { answerCacheable, type HttpReply } from './cacheable.js';

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
@UnversionedController('.well-known')
export class JwksController {
  constructor(
    private readonly keys: SigningKeys,
    private readonly config: TokensConfig,
  ) {}

  @Get('jwks.json')
  @ApiOperation({
    summary: 'Public keys',
    description:
      'The JSON Web Key Set (RFC 7517) that verifies access tokens. A key stands here before it signs the first ' +
      'token, for longer than caches may hold this answer, and until the last token it signed has expired.',
  })
  @ApiHeader({ name: 'If-None-Match', required: false, description: 'The `ETag` of the answer you have.' })
  @ApiOkResponse({ type: JwksModel })
  @ApiResponse({ status: 304, description: 'The answer you have is still right.' })
  @ApiProblems()
  jwks(
    @Res({ passthrough: true }) reply: HttpReply,
    @Headers('If-None-Match') ifNoneMatch?: string,
  ): JwksModel | undefined {
    const keys = this.keys.all.flatMap((key) => (key.publicJwk ? [key.publicJwk] : []));
    return answerCacheable(reply, { keys }, ifNoneMatch, this.config);
  }
}
