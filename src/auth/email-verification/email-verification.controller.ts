import { Body, HttpCode, Post, Req } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiNoContentResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { UnversionedController } from '../../common/unversioned-controller.decorator.js';
import { type ClientInfo, clientInfoOf, type HttpRequest } from '../../common/client-info.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import { WaitingClient } from '../../common/waiting-client.decorator.js';
import { RateLimited } from '../../throttling/requests/rate-limited.decorator.js';
import { CurrentUser, Public } from '../../access/access.decorators.js';
import { RecordsRefusal } from '../audit/records-refusal.decorator.js';
import { OptionalCaller } from '../access/optional-caller.js';
import { ProvedTokenDto } from '../mails/one-time-token.dto.js';
import { VerificationMailService } from './verification-mail.service.js';
import { EmailVerificationService } from './email-verification.service.js';

const LINK_PROBLEMS = [
  'ONE_TIME_TOKEN_INVALID',
  'CREDENTIALS_NEEDED',
  'INVALID_CREDENTIALS',
  'CSRF_REJECTED',
  'RATE_LIMITED',
  'ACCOUNT_THROTTLED',
] as const;

@ApiTags('Account')
@UnversionedController('auth/email')
export class EmailVerificationController {
  constructor(
    private readonly emailVerification: EmailVerificationService,
    private readonly verificationMails: VerificationMailService,
    private readonly callers: OptionalCaller,
  ) {}

  @Post('verify')
  @Public()
  @HttpCode(204)
  @RateLimited('verify')
  @RecordsRefusal('email.verified')
  @ApiOperation({
    summary: 'Verify your e-mail address with a mailed token',
    description:
      'Registration mails a link to `PUBLIC_URL/verify-email#token=…`, good for one use and for ' +
      '`VERIFICATION_TOKEN_TTL` (24 h). Needs an access token of the account, or its password: who has the mailbox alone ' +
      'resets the password, which verifies the address, too.',
  })
  @ApiNoContentResponse({ description: 'Verified.' })
  @ApiProblems({ body: true, codes: LINK_PROBLEMS })
  async verify(
    @Body() { token, password }: ProvedTokenDto,
    @Req() request: HttpRequest,
    @WaitingClient() client: ClientInfo,
  ): Promise<void> {
    const subject = (await this.callers.of(request))?.subject;
    await this.emailVerification.verify(token, { subject, password }, client);
  }

  @Post('resend')
  @HttpCode(202)
  @ApiBearerAuth()
  @RateLimited('resend')
  @ApiOperation({
    summary: 'Ask for another link to verify your e-mail address',
    description:
      'Those before stay good until one is used. Nothing is sent where the address is verified, or was sent such a mail in the last ' +
      '`MAIL_MIN_INTERVAL` (1 m).',
  })
  @ApiAcceptedResponse({ description: 'If the address is not verified yet, a mail is on its way.' })
  @ApiProblems({ bearer: true, body: 'unread', codes: ['ACCOUNT_DISABLED', 'RATE_LIMITED'] })
  async resend(@CurrentUser('subject') subject: string, @Req() request: HttpRequest): Promise<void> {
    await this.verificationMails.resend(subject, clientInfoOf(request));
  }
}
