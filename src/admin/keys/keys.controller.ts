import { Get, HttpCode, Post, Req } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  type ApiPropertyOptions,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentUser, Scopes } from '../../access/access.decorators.js';
import { clientInfoOf, type HttpRequest } from '../../common/client-info.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import { UnversionedController } from '../../common/unversioned-controller.decorator.js';
import { type WrittenKey, writtenKey } from '../../tokens/keys/listed-key.js';
import { SigningKeyRotation } from '../../tokens/keys/signing-key-rotation.js';

const STATES = ['pending', 'signing', 'verifying', 'expired', 'revoked'] as const;

const END: ApiPropertyOptions = {
  type: String,
  format: 'date-time',
  nullable: true,
  example: '2026-05-01T12:00:00.000Z',
  description: 'Null: no end is set.',
};

export class SigningKeyModel implements WrittenKey {
  @ApiProperty({ example: 'hT2pX0b9mJ0cYxQJw7i9L1rE6oZ6uVdB2c5k1m8n0aA' })
  kid!: string;

  @ApiProperty({ example: 'ES256' })
  alg!: string;

  @ApiProperty({ enum: STATES, example: 'signing' })
  state!: WrittenKey['state'];

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  signsFrom!: string;

  @ApiProperty(END)
  signsUntil!: string | null;

  @ApiProperty(END)
  verifiesUntil!: string | null;
}

/** The signing keys of the database; no answer holds a private key. */
@ApiTags('Administration')
@ApiBearerAuth()
@UnversionedController('admin/keys')
export class KeysController {
  constructor(private readonly keys: SigningKeyRotation) {}

  @Get()
  @Scopes('keys:read')
  @ApiOperation({
    summary: 'List the signing keys',
    description:
      'What each does, and from when until when. 404 where keys come from elsewhere than the database. Needs the scope `keys:read`.',
  })
  @ApiOkResponse({ type: [SigningKeyModel] })
  @ApiProblems({ bearer: true, codes: ['NOT_FOUND'] })
  async list(): Promise<SigningKeyModel[]> {
    return (await this.keys.list()).map(writtenKey);
  }

  @Post('rotate')
  @Scopes('keys:write')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Publish the next signing key now',
    description:
      'It signs when every cache of the JWKS has it. While one waits already, that one is answered. Needs the scope `keys:write`.',
  })
  @ApiOkResponse({ type: SigningKeyModel })
  @ApiProblems({ bearer: true, body: 'unread', codes: ['NOT_FOUND'] })
  async rotate(@CurrentUser('subject') by: string, @Req() request: HttpRequest): Promise<SigningKeyModel> {
    return writtenKey(await this.keys.rotate({ by, client: clientInfoOf(request) }));
  }
}
