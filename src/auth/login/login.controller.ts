import { Body, Controller, Header, HttpCode, Post, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { clientInfoOf, type HttpRequest } from '../../common/client-info.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import { RateLimited } from '../../throttling/rate-limited.decorator.js';
import { Public } from '../access/access.decorators.js';
import { OpensSession } from '../cookies/cookie-mode.decorators.js';
import { SessionTokensService } from '../session/session-tokens.service.js';
import { SignedInModel } from '../session/token-pair.model.js';
import { UserModel } from '../session/user.model.js';
import { LoginDto } from './login.dto.js';
import { LoginService } from './login.service.js';

@ApiTags('Authentication')
@Controller('api/auth')
export class LoginController {
  constructor(
    private readonly login: LoginService,
    private readonly tokens: SessionTokensService,
  ) {}

  @Post('login')
  @Public()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @RateLimited('login')
  @OpensSession(200)
  @ApiOperation({
    summary: 'Log in',
    description: 'Opens a session. At most five attempts a minute per address (`LOGIN_RATE_LIMIT`).',
  })
  @ApiProblems({
    body: true,
    codes: ['INVALID_CREDENTIALS', 'ACCOUNT_DISABLED', 'CSRF_REJECTED', 'RATE_LIMITED'],
  })
  async logIn(@Body() { email, password }: LoginDto, @Req() request: HttpRequest): Promise<SignedInModel> {
    const user = await this.login.authenticate(email, password);
    return { user: UserModel.of(user), ...(await this.tokens.open(user, clientInfoOf(request))) };
  }
}
