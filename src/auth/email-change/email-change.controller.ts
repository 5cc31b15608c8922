import { Body, HttpCode, Post, Req } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiNoContentResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { UnversionedController } from '../../common/unversioned-controller.decorator.js';
import type { ClientInfo, HttpRequest } from '../../common/client-info.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import type { Principal } from '../../common/principal.js';
import { WaitingClient } from '../../common/waiting-client.decorator.js';
import { RateLimited } from '../../throttling/requests/rate-limited.decorator.js';
import { CurrentUser, Public } from '../../access/access.decorators.js';
import { RecordsRefusal } from '../audit/records-refusal.decorator.js';
import { OptionalCaller } from '../access/optional-caller.js';
import { EmailConfirmationService } from './email-confirmation.service.js';
import { ProvedTokenDto } from '../mails/one-time-token.dto.js';
import { ChangeEmailDto } from './email-change.dto.js';
import { EmailChangeService } from './email-change.service.js';
import { ReachableAddress } from '../fields/reachable-address.decorator.js';

const LINK_PROBLEMS = [
  'ONE_TIME_TOKEN_INVALID',
  'CREDENTIALS_NEEDED',
  'INVALID_CREDENTIALS',
  'CSRF_REJECTED',
  'EMAIL_TAKEN',
  'RATE_LIMITED',
  'ACCOUNT_THROTTLED',
] as const;

@ApiTags('Account')
@UnversionedController('auth/email')
export class EmailChangeController {
  constructor(
    private readonly emailChange: EmailChangeService,
    private readonly confirmation: EmailConfirmationService,
    private readonly callers: OptionalCaller,
  ) {}

  @Post('change')
  @ReachableAddress()
  @HttpCode(202)
  @ApiBearerAuth()
  @RateLimited('reauthentication', 'email-change')
  @ApiOperation({
    summary: 'Ask for another e-mail address',
    description:
      'Mails a link to the new address (`PUBLIC_URL/confirm-email#token=…`, good for one use and for ' +
      '`VERIFICATION_TOKEN_TTL`, 24 h). Nothing changes before it is confirmed. The same answer whether or not someone ' +
      'has the address.',
  })
  @ApiAcceptedResponse({ description: 'A mail to the new address is on its way.' })
  @ApiProblems({
    bearer: true,
    body: true,
    codes: ['INVALID_CREDENTIALS', 'ACCOUNT_DISABLED', 'RATE_LIMITED', 'ACCOUNT_THROTTLED'],
  })
  async change(
    @CurrentUser() caller: Principal,
    @Body() { email, password }: ChangeEmailDto,
    @WaitingClient() client: ClientInfo,
  ): Promise<void> {
    await this.emailChange.request(caller, email, password, client);
  }

  @Post('confirm')
  @Public()
  @HttpCode(204)
  @RateLimited('verify', 'email-confirm')
  @RecordsRefusal('email.changed')
  @ApiOperation({
    summary: 'Confirm your new e-mail address with a mailed token',
    description:
      'The new address is verified with it, the old one gets a notice. Ends all sessions but the one that asked, and ' +
      'every link that was mailed to the old address. Needs an access token of the account, or its password.',
  })
  @ApiNoContentResponse({ description: 'Changed.' })
  @ApiProblems({ body: true, codes: LINK_PROBLEMS })
  async confirm(
    @Body() { token, password }: ProvedTokenDto,
    @Req() request: HttpRequest,
    @WaitingClient() client: ClientInfo,
  ): Promise<void> {
    const subject = (await this.callers.of(request))?.subject;
    await this.confirmation.confirm(token, { subject, password }, client);
  }
}
