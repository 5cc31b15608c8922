import { Body, Header, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { UnversionedController } from '../../common/unversioned-controller.decorator.js';
import type { ClientInfo } from '../../common/client-info.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import { WaitingClient } from '../../common/waiting-client.decorator.js';
import { RateLimited } from '../../throttling/requests/rate-limited.decorator.js';
import { Public } from '../../access/access.decorators.js';
import { RecordsRefusal } from '../audit/records-refusal.decorator.js';
import { OpensSession } from '../cookie-mode/cookie-mode.decorators.js';
import type { CookieResponse } from '../cookies/set-cookies.js';
import { OwnFields } from '../fields/own-fields.js';
import { GATE_PROBLEMS } from '../login-gate/login-gate.errors.js';
import { DeviceCookie } from '../sign-in/device-cookie.js';
import { SignedInModel } from '../sign-in/token-pair.model.js';
import { InvitationAcceptanceService } from './invitation-acceptance.service.js';
import { AcceptInvitationDto, ConfirmRegistrationDto } from './one-time-registration.dto.js';
import { RegistrationConfirmationService } from './registration-confirmation.service.js';

const PROBLEMS = {
  body: true,
  codes: [
    'ONE_TIME_TOKEN_INVALID',
    'PASSWORD_REJECTED',
    'REGISTRATION_CLOSED',
    ...GATE_PROBLEMS,
    'CSRF_REJECTED',
    'RATE_LIMITED',
  ],
} as const;

/** Registration by what was mailed. */
@ApiTags('Authentication')
@UnversionedController('auth')
export class OneTimeRegistrationController {
  constructor(
    private readonly confirmation: RegistrationConfirmationService,
    private readonly invitations: InvitationAcceptanceService,
    private readonly device: DeviceCookie,
    private readonly fields: OwnFields,
  ) {}

  @Post('register/confirm')
  @Public()
  @Header('Cache-Control', 'no-store')
  @RateLimited('verify', 'register-confirm')
  @OpensSession(201)
  @RecordsRefusal('user.registered')
  @ApiOperation({
    summary: 'Confirm your registration with a mailed token',
    description:
      'With `REGISTRATION=verify-first`. The link goes to `PUBLIC_URL/confirm-registration#token=…`, and is good for one ' +
      'use and for `VERIFICATION_TOKEN_TTL` (24 h). Makes the account, with the password that is given here, and opens ' +
      'its first session. What else was registered, such as the name, counts if the password is the one that was.',
  })
  @ApiProblems(PROBLEMS)
  async confirm(
    @Body() body: ConfirmRegistrationDto,
    @WaitingClient() client: ClientInfo,
    @Res({ passthrough: true }) response: CookieResponse,
  ): Promise<SignedInModel> {
    const given = { name: body.name ?? null, fields: this.fields.givenBy('user', body) };
    const signedIn = await this.confirmation.confirm(body.token, body.password, given, client);
    this.device.write(response, signedIn.user);
    return SignedInModel.of(signedIn, this.fields);
  }

  @Post('invitation/accept')
  @Public()
  @Header('Cache-Control', 'no-store')
  @RateLimited('verify', 'invitation-accept')
  @OpensSession(201)
  @RecordsRefusal('invitation.accepted')
  @ApiOperation({
    summary: 'Accept an invitation with a mailed token',
    description:
      'The link goes to `PUBLIC_URL/accept-invitation#token=…`, and is good for one use and for `INVITATION_TTL` (7 d). ' +
      'Sets the password, makes the account and opens its first session.',
  })
  @ApiProblems(PROBLEMS)
  async accept(
    @Body() body: AcceptInvitationDto,
    @WaitingClient() client: ClientInfo,
    @Res({ passthrough: true }) response: CookieResponse,
  ): Promise<SignedInModel> {
    const given = { name: body.name ?? null, fields: this.fields.givenBy('user', body) };
    const signedIn = await this.invitations.accept(body.token, body.password, given, client);
    this.device.write(response, signedIn.user);
    return SignedInModel.of(signedIn, this.fields);
  }
}
