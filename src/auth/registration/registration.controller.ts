import { Body, Header, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { UnversionedController } from '../../common/unversioned-controller.decorator.js';
import type { ClientInfo, HttpResponse } from '../../common/client-info.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import { WaitingClient } from '../../common/waiting-client.decorator.js';
import { RateLimited } from '../../throttling/requests/rate-limited.decorator.js';
import { Public } from '../../access/access.decorators.js';
import { OpensSession } from '../cookie-mode/cookie-mode.decorators.js';
import type { CookieResponse } from '../cookies/set-cookies.js';
import { GATE_PROBLEMS } from '../login-gate/login-gate.errors.js';
import { DeviceCookie } from '../sign-in/device-cookie.js';
import { SignedInModel } from '../sign-in/token-pair.model.js';
import { RegisterDto } from './register.dto.js';
import { RegistrationService } from './registration.service.js';
import { OwnFields } from '../fields/own-fields.js';
import { ReachableAddress } from '../fields/reachable-address.decorator.js';

@ApiTags('Authentication')
@UnversionedController('auth')
export class RegistrationController {
  constructor(
    private readonly registration: RegistrationService,
    private readonly device: DeviceCookie,
    private readonly fields: OwnFields,
  ) {}

  @Post('register')
  @ReachableAddress()
  @Public()
  @Header('Cache-Control', 'no-store')
  @RateLimited('register')
  @OpensSession(201)
  @ApiOperation({
    summary: 'Create an account',
    description:
      'Creates the account, opens its first session, and mails a link to verify the address. With ' +
      '`REGISTRATION=verify-first` a mail is all that comes of it, whether or not the address has an account: 202.',
  })
  @ApiAcceptedResponse({ description: 'Only with `REGISTRATION=verify-first`: a mail is on its way.' })
  @ApiProblems({
    body: true,
    codes: [
      'PASSWORD_REJECTED',
      'EMAIL_TAKEN',
      'REGISTRATION_CLOSED',
      ...GATE_PROBLEMS,
      'CSRF_REJECTED',
      'RATE_LIMITED',
    ],
  })
  async register(
    @Body() body: RegisterDto,
    @WaitingClient() client: ClientInfo,
    @Res({ passthrough: true }) response: HttpResponse & CookieResponse,
  ): Promise<SignedInModel | undefined> {
    const { name = null, email, password } = body;
    const fields = this.fields.givenBy('user', body);
    const signedIn = await this.registration.register({ name, email, password, fields }, client);
    if (!signedIn) {
      response.status(202);
      return undefined;
    }
    this.device.write(response, signedIn.user);
    return SignedInModel.of(signedIn, this.fields);
  }
}
