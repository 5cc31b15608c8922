import { Body, Header, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { UnversionedController } from '../../common/unversioned-controller.decorator.js';
import type { ClientInfo, HttpRequest } from '../../common/client-info.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import { WaitingClient } from '../../common/waiting-client.decorator.js';
import { RateLimited } from '../../throttling/requests/rate-limited.decorator.js';
import { Public } from '../../access/access.decorators.js';
import { OpensSession } from '../cookie-mode/cookie-mode.decorators.js';
import type { CookieResponse } from '../cookies/set-cookies.js';
import { OwnFields } from '../fields/own-fields.js';
import { GATE_PROBLEMS } from '../login-gate/login-gate.errors.js';
import { DeviceCookie } from '../sign-in/device-cookie.js';
import { SignedInModel } from '../sign-in/token-pair.model.js';
import { LoginChallengeDto } from './login-challenge.dto.js';
import { LoginChallengeService } from './login-challenge.service.js';

@ApiTags('Authentication')
@UnversionedController('auth/login')
export class LoginChallengeController {
  constructor(
    private readonly logins: LoginChallengeService,
    private readonly device: DeviceCookie,
    private readonly fields: OwnFields,
  ) {}

  @Post('challenge')
  @Public()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @RateLimited('login', 'login-challenge')
  @OpensSession(200)
  @ApiOperation({
    summary: 'Complete a login',
    description:
      'For a login, or a registration, that was answered `LOGIN_CHALLENGE_REQUIRED`: an answer to one of its challenges ' +
      'opens the session. A wrong one can be sent again; wrong ones of one account wait as wrong passwords do ' +
      '(`ACCOUNT_FAILURES`). The token is good for one session, and no longer than `expiresIn` said. Whether the tokens come ' +
      'in cookies is said here, by `X-Auth-Mode`.',
  })
  @ApiProblems({
    body: true,
    codes: [
      'LOGIN_CHALLENGE_INVALID',
      'LOGIN_CHALLENGE_FAILED',
      'INVALID_CREDENTIALS',
      ...GATE_PROBLEMS,
      'CSRF_REJECTED',
      'RATE_LIMITED',
      'ACCOUNT_THROTTLED',
    ],
  })
  async complete(
    @Body() answer: LoginChallengeDto,
    @Req() request: HttpRequest,
    @WaitingClient() client: ClientInfo,
    @Res({ passthrough: true }) response: CookieResponse,
  ): Promise<SignedInModel> {
    const signedIn = await this.logins.complete(answer, client);
    const { user } = signedIn;
    this.device.write(response, user, await this.device.read(request, user.email));
    return SignedInModel.of(signedIn, this.fields);
  }
}
