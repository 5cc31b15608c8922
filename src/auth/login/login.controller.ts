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
import { SignedInModel } from '../sign-in/token-pair.model.js';
import { DeviceCookie } from '../sign-in/device-cookie.js';
import { LoginDto } from './login.dto.js';
import { LoginService } from './login.service.js';

@ApiTags('Authentication')
@UnversionedController('auth')
export class LoginController {
  constructor(
    private readonly login: LoginService,
    private readonly device: DeviceCookie,
    private readonly fields: OwnFields,
  ) {}

  @Post('login')
  @Public()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @RateLimited('login')
  @OpensSession(200)
  @ApiOperation({
    summary: 'Log in',
    description:
      'Opens a session. At most five attempts a minute per address (`LOGIN_RATE_LIMIT`). After ten wrong passwords of ' +
      'one account (`ACCOUNT_FAILURES`), from wherever they come, each next one is answered `ACCOUNT_THROTTLED` for ' +
      'twice as long. A device that has logged in to the account before is not held up by others: send the cookie ' +
      '`lk_device` of that answer back. Where the application asks for more than a password, the answer is ' +
      '`LOGIN_CHALLENGE_REQUIRED`: go on with `POST /api/auth/login/challenge`.',
  })
  @ApiProblems({
    body: true,
    codes: [
      'INVALID_CREDENTIALS',
      'ACCOUNT_DISABLED',
      ...GATE_PROBLEMS,
      'CSRF_REJECTED',
      'RATE_LIMITED',
      'ACCOUNT_THROTTLED',
    ],
  })
  async logIn(
    @Body() { email, password }: LoginDto,
    @Req() request: HttpRequest,
    @WaitingClient() client: ClientInfo,
    @Res({ passthrough: true }) response: CookieResponse,
  ): Promise<SignedInModel> {
    const device = await this.device.read(request, email);
    const signedIn = await this.login.logIn({ email, client, deviceId: device?.id }, password);
    this.device.write(response, signedIn.user, device);
    return SignedInModel.of(signedIn, this.fields);
  }
}
