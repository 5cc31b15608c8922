import { Body, HttpCode, Post, Put, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUser } from '../../access/access.decorators.js';
import { clientInfoOf, type HttpRequest } from '../../common/client-info.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import type { Principal } from '../../common/principal.js';
import { UnversionedController } from '../../common/unversioned-controller.decorator.js';
import { RateLimited } from '../../throttling/requests/rate-limited.decorator.js';
import { DeviceAnswerDto, UserCodeDto } from './device-request.dto.js';
import { DeviceRequestModel } from './device-request.model.js';
import { DeviceRequests } from './device-requests.js';
import { UserCodeGuesses } from './user-code-guesses.js';

const OWN_TOKENS = 'Only with a token that Latchkey itself issued: a client cannot allow itself anything.';
const COUNTER = 'device-code';

/** Devices that show a code, and wait for a person to type it elsewhere (RFC 8628). */
@ApiTags('Sessions')
@ApiBearerAuth()
@UnversionedController('auth/device')
export class DeviceRequestsController {
  constructor(
    private readonly requests: DeviceRequests,
    private readonly guesses: UserCodeGuesses,
  ) {}

  @Post()
  @HttpCode(200)
  @RateLimited('verify', COUNTER)
  @ApiOperation({
    summary: 'See what a device asks for',
    description: `By the code that it shows. ${OWN_TOKENS}`,
  })
  @ApiOkResponse({ type: DeviceRequestModel })
  @ApiProblems({ bearer: true, body: true, codes: ['NOT_FOUND', 'RATE_LIMITED'] })
  async find(
    @CurrentUser() caller: Principal,
    @Body() { userCode }: UserCodeDto,
  ): Promise<DeviceRequestModel> {
    await this.guesses.take(caller.subject);
    return DeviceRequestModel.of(await this.requests.find(caller, userCode));
  }

  @Put()
  @HttpCode(204)
  @RateLimited('verify', COUNTER)
  @ApiOperation({
    summary: 'Allow a device what it asks for, or not',
    description:
      'It gets a session of yours at its next poll. Show people before what it is, where it asks from, and that only one who ' +
      `holds the device should go on. ${OWN_TOKENS}`,
  })
  @ApiNoContentResponse({ description: 'Answered.' })
  @ApiProblems({ bearer: true, body: true, codes: ['NOT_FOUND', 'RATE_LIMITED'] })
  async answer(
    @CurrentUser() caller: Principal,
    @Body() { userCode, allow }: DeviceAnswerDto,
    @Req() request: HttpRequest,
  ): Promise<void> {
    await this.guesses.take(caller.subject);
    await this.requests.answer(caller, userCode, allow, clientInfoOf(request));
  }
}
