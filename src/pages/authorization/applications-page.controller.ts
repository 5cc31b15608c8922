import { Get, Post, Req, Res } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import { formOf, queryOf } from '../form-of.js';
import { PageAccount } from '../page-account.js';
import { PageController } from '../controllers/page-controller.decorator.js';
import { momentIn } from '../rendering/moment-in.js';
import { type PageResponse, PageView } from '../rendering/page-view.js';
import { scopeText } from './scope-text.js';

const PATH = '/account/applications';

/** A consent as the API tells of it. */
interface PageConsent {
  readonly clientId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAt: string;
}

/** What the user allowed other applications. */
@PageController()
export class ApplicationsPageController {
  constructor(
    private readonly view: PageView,
    private readonly account: PageAccount,
  ) {}

  @Get('account/applications')
  async show(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    const call = { method: 'GET', route: 'auth/consents' } as const;
    const answer = await this.account.send(request, response, call, PATH);
    if (typeof answer === 'string') return answer;
    if (answer.problem) return this.account.refuse(request, response, answer);
    const t = this.view.wordsFor(request);
    const locale = this.view.localeOf(request);
    return this.view.show(request, response, {
      template: 'applications',
      title: t('applications.title'),
      signedIn: true,
      path: PATH,
      notice: queryOf(request)['note'] === 'done' ? t('applications.done') : undefined,
      applications: (answer.body as PageConsent[]).map(({ clientId, name, scopes, createdAt }) => ({
        id: clientId,
        name,
        scopes: scopes.map((scope) => scopeText(t, scope)),
        since: t('applications.since', { since: momentIn(locale, createdAt) }),
      })),
    });
  }

  @Post('account/applications')
  async withdraw(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    const { client = '', csrf } = formOf(request);
    const route = `auth/consents/${encodeURIComponent(client)}`;
    const answer = await this.account.send(request, response, { method: 'DELETE', route, csrf }, PATH);
    if (typeof answer === 'string') return answer;
    if (answer.problem) return this.account.refuse(request, response, answer);
    return this.view.leadTo(response, `${PATH}?note=done`);
  }
}
