import { Get, Headers, Res } from '@nestjs/common';
import {
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { UnversionedController } from '../../common/unversioned-controller.decorator.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import { Public } from '../../common/public.decorator.js';
import { HttpConfig, TokensConfig } from '../../config/config.js';
import { SigningKeys } from '../keys/signing-keys.js';
import { answerCacheable, type HttpReply } from './cacheable.js';

class ServerMetadataModel {
  @ApiProperty({
    format: 'uri',
    example: 'https://id.example.com',
    description: '`iss` of the access tokens.',
  })
  issuer!: string;

  @ApiPropertyOptional({
    format: 'uri',
    example: 'https://id.example.com/.well-known/jwks.json',
    description: 'Not there with HS256, which has no public keys.',
  })
  jwks_uri?: string;

  @ApiProperty({ type: [String], example: [], description: 'None: there is no authorization endpoint.' })
  response_types_supported!: string[];

  @ApiProperty({ type: [String], example: [], description: 'None: there is no token endpoint of OAuth.' })
  grant_types_supported!: string[];
}

/** OAuth 2.0 Authorization Server Metadata (RFC 8414): what exists, and nothing else. */
@ApiTags('Discovery')
@Public()
@UnversionedController('.well-known')
export class ServerMetadataController {
  constructor(
    private readonly keys: SigningKeys,
    private readonly tokens: TokensConfig,
    private readonly http: HttpConfig,
  ) {}

  @Get('oauth-authorization-server')
  @ApiOperation({
    summary: 'What a resource server needs to know',
    description:
      'RFC 8414: the issuer, and where its keys are. Latchkey has no OAuth endpoints yet, so none is named; the two ' +
      'lists are empty since the first is required, and leaving out the second would mean `authorization_code` and ' +
      '`implicit`.',
  })
  @ApiHeader({ name: 'If-None-Match', required: false, description: 'The `ETag` of the answer you have.' })
  @ApiOkResponse({ type: ServerMetadataModel })
  @ApiResponse({ status: 304, description: 'The answer you have is still right.' })
  @ApiProblems()
  metadata(
    @Res({ passthrough: true }) reply: HttpReply,
    @Headers('If-None-Match') ifNoneMatch?: string,
  ): ServerMetadataModel | undefined {
    const isPublished = this.keys.all.some((key) => key.publicJwk !== null);
    const metadata: ServerMetadataModel = {
      issuer: this.tokens.issuer,
      ...(isPublished && { jwks_uri: `${this.http.publicUrl}/.well-known/jwks.json` }),
      response_types_supported: [],
      grant_types_supported: [],
    };
    return answerCacheable(reply, metadata, ifNoneMatch, this.tokens);
  }
}
