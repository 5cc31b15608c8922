import { Body, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { UnversionedController } from '../../common/unversioned-controller.decorator.js';
import type { ClientInfo } from '../../common/client-info.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import type { Principal } from '../../common/principal.js';
import { WaitingClient } from '../../common/waiting-client.decorator.js';
import { RateLimited } from '../../throttling/requests/rate-limited.decorator.js';
import { CurrentUser } from '../../access/access.decorators.js';
import { ReauthenticateDto } from './reauthentication.dto.js';
import { StepUpPolicy } from './step-up-policy.js';

@ApiTags('Sessions')
@ApiBearerAuth()
@UnversionedController('auth/reauthenticate')
export class ReauthenticationController {
  constructor(private readonly authentication: StepUpPolicy) {}

  @Post()
  @HttpCode(204)
  @RateLimited('reauthentication', 'reauthenticate')
  @ApiOperation({
    summary: 'Show your password again',
    description:
      'For `REAUTHENTICATION_MAX_AGE` (15 m) from now this session may end others. What needs it answers ' +
      '`REAUTHENTICATION_REQUIRED` otherwise (RFC 9470); a login counts, a refresh does not.',
  })
  @ApiNoContentResponse({ description: 'Noted; go on with the tokens you have.' })
  @ApiProblems({
    bearer: true,
    body: true,
    codes: ['INVALID_CREDENTIALS', 'ACCOUNT_DISABLED', 'RATE_LIMITED', 'ACCOUNT_THROTTLED'],
  })
  async reauthenticate(
    @CurrentUser() caller: Principal,
    @Body() { password }: ReauthenticateDto,
    @WaitingClient() client: ClientInfo,
  ): Promise<void> {
    await this.authentication.renew(caller, password, client);
  }
}
