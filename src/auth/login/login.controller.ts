import { Body, Controller, Header, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { ClientInfo, HttpRequest } from '../../common/client-info.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import { WaitingClient } from '../../common/waiting-client.decorator.js';
import { RateLimited } from '../../throttling/requests/rate-limited.decorator.js';
import { Public } from '../access/access.decorators.js';
import { OpensSession } from '../cookie-mode/cookie-mode.decorators.js';
import type { CookieResponse } from '../cookies/set-cookies.js';
import { SignInService } from '../sign-in/sign-in.service.js';
import { SignedInModel } from '../sign-in/token-pair.model.js';
import { UserModel } from '../sign-in/user.model.js';
import { DeviceCookie } from '../sign-in/device-cookie.js';
import { LoginAttempts } from './login-attempts.js';
import { LoginDto } from './login.dto.js';
import { LoginService } from './login.service.js';
import { NewDeviceNotice } from '../notices/new-device-notice.js';

@ApiTags('Authentication')
@Controller('api/auth')
export class LoginController {
  constructor(
    private readonly login: LoginService,
    private readonly attempts: LoginAttempts,
    private readonly device: DeviceCookie,
    private readonly tokens: SignInService,
    private readonly newDevice: NewDeviceNotice,
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
      '`lk_device` of that answer back.',
  })
  @ApiProblems({
    body: true,
    codes: ['INVALID_CREDENTIALS', 'ACCOUNT_DISABLED', 'CSRF_REJECTED', 'RATE_LIMITED', 'ACCOUNT_THROTTLED'],
  })
  async logIn(
    @Body() { email, password }: LoginDto,
    @Req() request: HttpRequest,
    @WaitingClient() client: ClientInfo,
    @Res({ passthrough: true }) response: CookieResponse,
  ): Promise<SignedInModel> {
    const device = await this.device.read(request, email);
    const verify = () => this.login.authenticate(email, password, client);
    const user = await this.attempts.run({ email, client, deviceId: device?.id }, verify);
    const knowing = this.newDevice.loggingIn(user, client);
    const { pair, along: isKnown } = await this.tokens.openAlong(user, client, knowing);
    if (!isKnown) await this.newDevice.loggedIn(user, client);
    this.device.write(response, user, device);
    return { user: UserModel.of(user), ...pair };
  }
}
