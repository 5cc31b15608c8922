import { Body, HttpCode, Post, Req } from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { UnversionedController } from '../../common/unversioned-controller.decorator.js';
import { type ClientInfo, clientInfoOf, type HttpRequest } from '../../common/client-info.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import { WaitingClient } from '../../common/waiting-client.decorator.js';
import { RateLimited } from '../../throttling/requests/rate-limited.decorator.js';
import { Public } from '../../access/access.decorators.js';
import { RecordsRefusal } from '../audit/records-refusal.decorator.js';
import { ForgotPasswordDto, ResetPasswordDto } from './password-reset.dto.js';
import { PasswordResetRequestService } from './password-reset-request.service.js';
import { PasswordResetService } from './password-reset.service.js';

@ApiTags('Account')
@Public()
@UnversionedController('auth/password')
export class PasswordResetController {
  constructor(
    private readonly requests: PasswordResetRequestService,
    private readonly passwordReset: PasswordResetService,
  ) {}

  @Post('forgot')
  @HttpCode(202)
  @RateLimited('forgot')
  @ApiOperation({
    summary: 'Ask for a link to set a new password',
    description:
      'The same answer, in the same time, whether or not there is such an account. The mailed link leads to ' +
      '`PUBLIC_URL/reset-password#token=…`, is good for one use and for `RESET_TOKEN_TTL` (15 m), and stays good ' +
      'beside later ones until one is used. An address gets at most one such mail in `MAIL_MIN_INTERVAL` (1 m), a time ' +
      'that doubles with each.',
  })
  @ApiAcceptedResponse({ description: 'If there is such an account, a mail is on its way.' })
  @ApiProblems({ body: true, codes: ['RATE_LIMITED'] })
  async forgot(@Body() { email }: ForgotPasswordDto, @Req() request: HttpRequest): Promise<void> {
    await this.requests.forgot(email, clientInfoOf(request));
  }

  @Post('reset')
  @HttpCode(204)
  @RateLimited('reset')
  @RecordsRefusal('password.reset')
  @ApiOperation({
    summary: 'Set a new password with a mailed token',
    description:
      'Ends every session of the account. The address counts as verified. A password that is refused leaves the token ' +
      'good for another try.',
  })
  @ApiNoContentResponse({ description: 'Set; log in with it.' })
  @ApiProblems({ body: true, codes: ['ONE_TIME_TOKEN_INVALID', 'PASSWORD_REJECTED', 'RATE_LIMITED'] })
  async reset(
    @Body() { token, password }: ResetPasswordDto,
    @WaitingClient() client: ClientInfo,
  ): Promise<void> {
    await this.passwordReset.reset(token, password, client);
  }
}
