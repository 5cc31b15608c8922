import { Body, Controller, Header, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { clientInfoOf, type HttpRequest, type HttpResponse } from '../../common/client-info.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import { RateLimited } from '../../throttling/rate-limited.decorator.js';
import { Public } from '../access/access.decorators.js';
import { NewDeviceNotice } from '../login/new-device-notice.service.js';
import { DeviceCookie } from '../login/device-cookie.js';
import { OpensSession } from '../cookies/cookie-mode.decorators.js';
import { SessionTokensService } from '../session/session-tokens.service.js';
import { SignedInModel } from '../session/token-pair.model.js';
import { UserModel } from '../session/user.model.js';
import { RegisterDto } from './register.dto.js';
import { RegistrationService } from './registration.service.js';

@ApiTags('Authentication')
@Controller('api/auth')
export class RegistrationController {
  constructor(
    private readonly registration: RegistrationService,
    private readonly tokens: SessionTokensService,
    private readonly newDevice: NewDeviceNotice,
    private readonly device: DeviceCookie,
  ) {}

  @Post('register')
  @Public()
  @Header('Cache-Control', 'no-store')
  @RateLimited('register')
  @OpensSession(201)
  @ApiOperation({
    summary: 'Create an account',
    description: 'Creates the account, opens its first session, and mails a link to verify the address.',
  })
  @ApiProblems({ body: true, codes: ['PASSWORD_REJECTED', 'EMAIL_TAKEN', 'CSRF_REJECTED', 'RATE_LIMITED'] })
  async register(
    @Body() { name, email, password }: RegisterDto,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<SignedInModel> {
    const client = clientInfoOf(request);
    const user = await this.registration.register({ name: name ?? null, email, password }, client);
    const pair = await this.tokens.open(user, client);
    await this.newDevice.registered(user, client);
    this.device.write(response, email);
    return { user: UserModel.of(user), ...pair };
  }
}
