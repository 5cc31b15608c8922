import { Get, Post, Req, Res } from '@nestjs/common';
import { AuthCookies } from '../../auth/cookies/auth-cookies.js';
import type { HttpRequest } from '../../common/client-info.js';
import { setCookies } from '../../auth/cookies/set-cookies.js';
import type { ApiAnswer } from '../api/page-api.js';
import { formOf } from '../form-of.js';
import { PageAccount } from '../page-account.js';
import { KnownFields } from '../rendering/known-fields.js';
import { PageView, type PageResponse } from '../rendering/page-view.js';
import { problemText, withErrors } from '../rendering/problem-text.js';
import { PageController } from './page-controller.decorator.js';

const PATH = '/account/data';

/** What is held about the user, and the end of it (GDPR articles 15, 17 and 20). */
@PageController()
export class OwnDataPageController {
  constructor(
    private readonly view: PageView,
    private readonly account: PageAccount,
    private readonly cookies: AuthCookies,
  ) {}

  @Get('account/data')
  show(@Req() request: HttpRequest, @Res({ passthrough: true }) response: PageResponse): string {
    if (this.cookies.read(request, 'access') === undefined)
      return this.account.leadToSignIn(request, response, PATH);
    return this.page(request, response);
  }

  @Get('account/data/export')
  async export(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    const answer = await this.account.send(
      request,
      response,
      { method: 'GET', route: 'profile/export' },
      PATH,
    );
    if (typeof answer === 'string') return answer;
    if (answer.problem) return this.page(request, response, answer);
    response.header('Content-Type', 'application/json; charset=utf-8');
    response.header('Content-Disposition', 'attachment; filename="account.json"');
    response.header('Cache-Control', 'no-store');
    return JSON.stringify(answer.body, null, 2);
  }

  @Post('account/data/delete')
  async delete(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    const { password = '', csrf } = formOf(request);
    const call = { method: 'DELETE', route: 'profile', body: { password }, csrf } as const;
    const answer = await this.account.send(request, response, call, PATH);
    if (typeof answer === 'string') return answer;
    if (answer.problem) return this.page(request, response, answer);
    setCookies(response, answer.cookies);
    const t = this.view.wordsFor(request);
    return this.view.show(request, response, {
      template: 'message',
      title: t('data.deleted.title'),
      intro: [t('data.deleted')],
    });
  }

  private page(request: HttpRequest, response: PageResponse, answer?: ApiAnswer): string {
    const t = this.view.wordsFor(request);
    const fields = [new KnownFields(t, 0).password()];
    return this.view.show(request, response, {
      template: 'form',
      title: t('data.title'),
      status: answer?.problem?.status,
      signedIn: true,
      path: PATH,
      intro: [t('data.export')],
      problem: answer && problemText(t, answer, 'problem.password'),
      download: '/account/data/export',
      forms: [
        {
          action: '/account/data/delete',
          heading: t('data.delete'),
          intro: t('data.delete.intro'),
          fields: answer ? withErrors(t, fields, answer) : fields,
          submit: t('data.delete'),
          danger: true,
        },
      ],
    });
  }
}
