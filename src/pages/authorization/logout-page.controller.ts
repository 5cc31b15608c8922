import { Get, Param, Post, Req, Res } from '@nestjs/common';
import { AuthCookies } from '../../auth/cookies/auth-cookies.js';
import type { HttpRequest } from '../../common/client-info.js';
import { type LogoutRequest, LogoutRequests } from '../../oauth/interaction/logout-requests.js';
import { PageController } from '../controllers/page-controller.decorator.js';
import { formOf, queryOf } from '../form-of.js';
import { isLedFromElsewhere } from '../led-from-elsewhere.js';
import { PageAccount } from '../page-account.js';
import { PagePaths } from '../page-paths.js';
import { type PageResponse, PageView } from '../rendering/page-view.js';
import { LogoutPage } from './logout-page.js';

/** Signing out, as another application asks for it (OpenID Connect RP-Initiated Logout 1.0). */
@PageController()
export class LogoutPageController {
  constructor(
    private readonly requests: LogoutRequests,
    private readonly account: PageAccount,
    private readonly cookies: AuthCookies,
    private readonly paths: PagePaths,
    private readonly view: PageView,
    private readonly page: LogoutPage,
  ) {}

  @Get('account/logout/:id')
  async show(
    @Param('id') id: string,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    const found = await this.requests.find(id);
    if (!found) return this.page.gone(request, response);
    if (isLedFromElsewhere(request)) return this.page.again(request, response, found);
    const user = await this.account.find(request);
    if (!user) return this.signedOut(request, response, found);
    if (!(await this.requests.isOwn(found, request)))
      return this.page.ask(request, response, found, user.email);
    return this.signOut(request, response, found, this.cookies.read(request, 'csrf'));
  }

  @Post('account/logout/:id')
  async answer(
    @Param('id') id: string,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    const found = await this.requests.find(id);
    if (!found) return this.page.gone(request, response);
    const { answer, csrf } = formOf(request);
    return answer === 'yes'
      ? this.signOut(request, response, found, csrf)
      : this.view.leadTo(response, '/account');
  }

  /** A session whose access token has expired may still go on: then it is that which ends. */
  private signedOut(request: HttpRequest, response: PageResponse, found: LogoutRequest): string {
    const wasTried = queryOf(request)['resumed'] !== undefined;
    if (wasTried || this.cookies.read(request, 'csrf') === undefined)
      return this.page.done(request, response, found);
    return this.account.leadToSignIn(request, response, `/account/logout/${found.id}?resumed=1`);
  }

  private async signOut(
    request: HttpRequest,
    response: PageResponse,
    found: LogoutRequest,
    csrf: string | undefined,
  ): Promise<string> {
    const frames = await this.requests.framesOf(request);
    const call = { method: 'POST', route: 'auth/logout', csrf } as const;
    const own = request.method === 'GET' ? { ...call, origin: this.paths.origin } : call;
    const answer = await this.account.send(request, response, own, `/account/logout/${found.id}?resumed=1`);
    if (typeof answer === 'string') return answer;
    if (answer.problem) return this.account.refuse(request, response, answer);
    return this.page.done(request, response, found, frames, answer.cookies);
  }
}
