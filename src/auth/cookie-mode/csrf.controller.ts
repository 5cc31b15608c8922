import { Get, Header, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { UnversionedController } from '../../common/unversioned-controller.decorator.js';
import type { HttpRequest } from '../../common/client-info.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import { Public } from '../../access/access.decorators.js';
import { AuthCookies } from '../cookies/auth-cookies.js';
import { CsrfTokenModel } from './cookie-mode.models.js';
import { CsrfTokens } from '../cookies/csrf-tokens.js';

@ApiTags('Sessions')
@UnversionedController('auth')
export class CsrfController {
  constructor(
    private readonly cookies: AuthCookies,
    private readonly tokens: CsrfTokens,
  ) {}

  @Get('csrf')
  @Public()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Read your CSRF token',
    description:
      'For pages of `CORS_ORIGINS`, which cannot read the cookie it is in. Public, since it is needed to refresh, too.',
  })
  @ApiOkResponse({ type: CsrfTokenModel })
  @ApiProblems()
  read(@Req() request: HttpRequest): CsrfTokenModel {
    const token = this.cookies.read(request, 'csrf');
    return { csrfToken: token !== undefined && this.tokens.sessionOf(token) ? token : null };
  }
}
