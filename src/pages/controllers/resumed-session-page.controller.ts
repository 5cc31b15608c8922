import { Get, Req, Res } from '@nestjs/common';
import { AuthCookies } from '../../auth/cookies/auth-cookies.js';
import type { HttpRequest } from '../../common/client-info.js';
import { PageApi } from '../api/page-api.js';
import { queryOf } from '../form-of.js';
import { PagePaths } from '../page-paths.js';
import { PageView, type PageResponse } from '../rendering/page-view.js';
import { PageController } from './page-controller.decorator.js';

const OWN = new Set<unknown>([undefined, 'same-origin', 'none']);

/**
 * Goes on with a session whose access token has expired, for browsers without scripts. It is below the API's refresh, since browsers
 * send the refresh token nowhere else, and never where another site led them (`SameSite=Strict`).
 */
@PageController()
export class ResumedSessionPageController {
  constructor(
    private readonly api: PageApi,
    private readonly view: PageView,
    private readonly cookies: AuthCookies,
    private readonly paths: PagePaths,
  ) {}

  @Get('auth/refresh/page')
  async resume(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    const next = this.paths.next(queryOf(request)['next']);
    const csrf = this.cookies.read(request, 'csrf');
    // Who is to be signed out needs not sign in for it.
    const signIn = next.startsWith('/account/logout/')
      ? next
      : `/account/sign-in?next=${encodeURIComponent(next)}`;
    if (!OWN.has(request.headers['sec-fetch-site']) || csrf === undefined)
      return this.view.leadTo(response, signIn);
    const call = { method: 'POST', route: 'auth/refresh', csrf, origin: this.paths.origin } as const;
    const { problem, cookies } = await this.api.send(request, call);
    return this.view.leadTo(response, problem ? signIn : next, cookies);
  }
}
