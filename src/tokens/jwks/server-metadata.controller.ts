import { Get, Headers, Optional, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { UnversionedController } from '../../common/unversioned-controller.decorator.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import { NotFoundError } from '../../common/errors/latchkey-error.js';
import { Public } from '../../common/public.decorator.js';
import { HttpConfig, TokensConfig } from '../../config/config.js';
import { SigningKeys } from '../keys/signing-keys.js';
import { answerCacheable, type HttpReply } from './cacheable.js';
import { ServerMetadata } from './server-metadata.js';

const NONE = 'None without an authorization server.';
const NAMES = { type: 'array' as const, items: { type: 'string' as const } };

/** There are more, by what the server can (https://www.iana.org/assignments/oauth-parameters). */
const SERVER_METADATA = {
  type: 'object' as const,
  additionalProperties: true,
  required: ['issuer', 'response_types_supported', 'grant_types_supported'],
  properties: {
    issuer: {
      type: 'string' as const,
      format: 'uri',
      example: 'https://id.example.com',
      description: '`iss` of the access tokens.',
    },
    jwks_uri: {
      type: 'string' as const,
      format: 'uri',
      example: 'https://id.example.com/.well-known/jwks.json',
      description: 'Not there with HS256, which has no public keys.',
    },
    response_types_supported: { ...NAMES, example: ['code'], description: NONE },
    grant_types_supported: { ...NAMES, example: ['authorization_code'], description: NONE },
  },
};

/** OAuth 2.0 Authorization Server Metadata (RFC 8414): what exists, and nothing else. */
@ApiTags('Discovery')
@Public()
@UnversionedController('.well-known')
export class ServerMetadataController {
  constructor(
    private readonly keys: SigningKeys,
    private readonly tokens: TokensConfig,
    private readonly http: HttpConfig,
    @Optional() private readonly server?: ServerMetadata,
  ) {}

  @Get('oauth-authorization-server')
  @ApiOperation({
    summary: 'What clients and resource servers need to know',
    description:
      'RFC 8414: the issuer, where its keys are, and the endpoints of the authorization server. Without one (`OAUTH=off`) the ' +
      'two lists are empty, since the first is required, and leaving out the second would mean `authorization_code` and ' +
      '`implicit`.',
  })
  @ApiHeader({ name: 'If-None-Match', required: false, description: 'The `ETag` of the answer you have.' })
  @ApiOkResponse({ schema: SERVER_METADATA })
  @ApiResponse({ status: 304, description: 'The answer you have is still right.' })
  @ApiProblems()
  async metadata(
    @Res({ passthrough: true }) reply: HttpReply,
    @Headers('If-None-Match') ifNoneMatch?: string,
  ): Promise<object | undefined> {
    const document = (await this.server?.document()) ?? this.withoutServer();
    return answerCacheable(reply, document, ifNoneMatch, this.tokens);
  }

  @Get('openid-configuration')
  @ApiOperation({
    summary: 'What clients of OpenID Connect need to know',
    description: 'OpenID Connect Discovery: the same. Without an authorization server there is none.',
  })
  @ApiHeader({ name: 'If-None-Match', required: false, description: 'The `ETag` of the answer you have.' })
  @ApiOkResponse({ schema: SERVER_METADATA })
  @ApiResponse({ status: 304, description: 'The answer you have is still right.' })
  @ApiProblems({ codes: ['NOT_FOUND'] })
  async openIdConfiguration(
    @Res({ passthrough: true }) reply: HttpReply,
    @Headers('If-None-Match') ifNoneMatch?: string,
  ): Promise<object | undefined> {
    const document = await this.server?.document();
    if (!document) throw new NotFoundError('There is no authorization server here.');
    return answerCacheable(reply, document, ifNoneMatch, this.tokens);
  }

  private withoutServer(): object {
    const isPublished = this.keys.all.some((key) => key.publicJwk !== null);
    return {
      issuer: this.tokens.issuer,
      ...(isPublished && { jwks_uri: `${this.http.publicUrl}/.well-known/jwks.json` }),
      response_types_supported: [],
      grant_types_supported: [],
    };
  }
}
