import { Get, Param, Post, Req, Res } from '@nestjs/common';
import { AuthCookies } from '../../auth/cookies/auth-cookies.js';
import type { HttpRequest } from '../../common/client-info.js';
import { type Interaction, Interactions } from '../../oauth/interaction/interactions.js';
import type { ApiCall } from '../api/page-api.js';
import { PageController } from '../controllers/page-controller.decorator.js';
import { type Form, formOf } from '../form-of.js';
import { isLedFromElsewhere } from '../led-from-elsewhere.js';
import { PageAccount } from '../page-account.js';
import { type PageResponse, PageView } from '../rendering/page-view.js';
import { AuthorizePage } from './authorize-page.js';

/** Characters of an address; a hint that is longer is none. */
const HINT_MAX = 254;

/** Signing in for another application, and allowing it something. */
@PageController()
export class AuthorizePageController {
  constructor(
    private readonly interactions: Interactions,
    private readonly account: PageAccount,
    private readonly cookies: AuthCookies,
    private readonly view: PageView,
    private readonly page: AuthorizePage,
  ) {}

  @Get('account/authorize/:id')
  async show(
    @Param('id') id: string,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    const found = await this.find(id, request, response);
    if (!found) return this.page.gone(request, response);
    return found.step !== 'done' && isLedFromElsewhere(request)
      ? this.page.again(request, response, found)
      : this.next(request, response, found);
  }

  @Post('account/authorize/:id')
  async answer(
    @Param('id') id: string,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    const found = await this.find(id, request, response);
    if (!found) return this.page.gone(request, response);
    const form = formOf(request);
    if (form['answer'] === 'deny') return this.deny(request, response, found, form);
    const call = this.callFor(found, form);
    // Another tab has answered meanwhile.
    if (!call) return this.next(request, response, found);
    const path = `/account/authorize/${found.id}`;
    const answer = await this.account.send(request, response, call, path);
    if (typeof answer === 'string') return answer;
    if (answer.problem) return this.page.ask(request, response, found, answer);
    if (form['answer'] !== 'allow') return this.view.leadTo(response, path, answer.cookies);
    return this.goOn(request, response, found);
  }

  /** Nothing is asked of the API for it: the form is known by the token that the cookie has, which no other site reads. */
  private async deny(
    request: HttpRequest,
    response: PageResponse,
    found: Interaction,
    { csrf }: Form,
  ): Promise<string> {
    const known = this.cookies.read(request, 'csrf');
    if (known === undefined || csrf !== known) return this.next(request, response, found);
    const address = await this.interactions.deny(request, response);
    return this.view.leadAway(request, response, address, found.client.name);
  }

  /** What comes next, of what the request waits for. */
  private async next(request: HttpRequest, response: PageResponse, found: Interaction): Promise<string> {
    const { step, id, loginHint } = found;
    if (step === 'sign-in') {
      if (this.account.mustChoosePassword(request))
        return this.account.leadToPassword(response, `/account/authorize/${id}`);
      const hint = loginHint.includes('@') && loginHint.length <= HINT_MAX ? loginHint : '';
      return this.account.leadToSignIn(request, response, `/account/authorize/${id}`, hint);
    }
    return step === 'done' ? this.goOn(request, response, found) : this.page.ask(request, response, found);
  }

  private async goOn(request: HttpRequest, response: PageResponse, found: Interaction): Promise<string> {
    const address = await this.interactions.goOn(request, response, found);
    return this.view.leadAway(request, response, address, found.client.name);
  }

  /** @returns undefined if it is another's address than that of the cookie, or there is none */
  private async find(
    id: string,
    request: HttpRequest,
    response: PageResponse,
  ): Promise<Interaction | undefined> {
    const found = await this.interactions.find(request, response);
    return found?.id === id ? found : undefined;
  }

  /** @returns undefined for what is not asked, or not any more */
  private callFor(
    { step, client, scopes }: Interaction,
    { answer, password = '', csrf }: Form,
  ): ApiCall | undefined {
    if (answer === 'other') return { method: 'POST', route: 'auth/logout', csrf };
    if (answer === 'password' && step === 'password')
      return { method: 'POST', route: 'auth/reauthenticate', body: { password }, csrf };
    if (answer !== 'allow' || step !== 'consent') return undefined;
    return { method: 'POST', route: `auth/consents/${client.id}`, body: { scopes }, csrf };
  }
}
