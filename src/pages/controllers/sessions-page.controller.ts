import { Get, Post, Req, Res } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import type { ApiAnswer, ApiCall } from '../api/page-api.js';
import { formOf, queryOf } from '../form-of.js';
import { PageAccount } from '../page-account.js';
import { KnownFields } from '../rendering/known-fields.js';
import { momentIn } from '../rendering/moment-in.js';
import { PageView, type PageResponse } from '../rendering/page-view.js';
import { problemText } from '../rendering/problem-text.js';
import { PageController } from './page-controller.decorator.js';

const PATH = '/account/sessions';
const UUID = /^[0-9a-f-]{36}$/i;

/** What was done, or found, before the page was asked for anew. */
const NOTES: ReadonlyMap<string | undefined, string> = new Map([
  ['done', 'sessions.done'],
  ['gone', 'sessions.gone'],
  ['from-start', 'list.from-start'],
]);

/** A session as the API tells of it. */
interface PageSession {
  readonly id: string;
  readonly device: string | null;
  readonly clientName: string | null;
  readonly ip: string | null;
  readonly createdAt: string;
  readonly lastUsedAt: string;
  readonly current: boolean;
}

/** Where the user is signed in. */
@PageController()
export class SessionsPageController {
  constructor(
    private readonly view: PageView,
    private readonly account: PageAccount,
  ) {}

  @Get('account/sessions')
  async show(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    const { cursor, note } = queryOf(request);
    const query = cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`;
    const answer = await this.account.send(
      request,
      response,
      { method: 'GET', route: `auth/sessions${query}` },
      PATH + query,
    );
    if (typeof answer === 'string') return answer;
    if (answer.problem)
      return cursor === undefined || answer.status !== 400
        ? this.account.refuse(request, response, answer)
        : this.view.leadTo(response, `${PATH}?note=from-start`);
    const t = this.view.wordsFor(request);
    const notice = NOTES.get(note);
    const locale = this.view.localeOf(request);
    const sessions = (answer.body as PageSession[]).map((session) => ({
      id: session.id,
      current: session.current,
      device: session.clientName ?? session.device ?? t('sessions.unknown'),
      about: t('sessions.about', {
        ip: session.ip ?? '–',
        since: momentIn(locale, session.createdAt),
        used: momentIn(locale, session.lastUsedAt),
      }),
    }));
    return this.view.show(request, response, {
      template: 'sessions',
      title: t('sessions.title'),
      signedIn: true,
      path: PATH,
      notice: notice && t(notice),
      sessions,
      nextCursor: answer.next,
    });
  }

  @Post('account/sessions/end')
  async end(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    const { id = '' } = formOf(request);
    // A part of the address that the API is asked at.
    const route = UUID.test(id) ? `auth/sessions/${id}` : 'auth/sessions/none';
    return this.endBy(request, response, route, '/account/sessions/end');
  }

  @Post('account/sessions/end-others')
  async endOthers(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    return this.endBy(request, response, 'auth/sessions', '/account/sessions/end-others');
  }

  private async endBy(
    request: HttpRequest,
    response: PageResponse,
    route: string,
    action: string,
  ): Promise<string> {
    const { password, csrf } = formOf(request);
    if (password !== undefined) {
      const shown: ApiCall = { method: 'POST', route: 'auth/reauthenticate', body: { password }, csrf };
      const answer = await this.account.send(request, response, shown, PATH);
      if (typeof answer === 'string') return answer;
      if (answer.problem) return this.askPassword(request, response, action, answer);
    }
    const answer = await this.account.send(request, response, { method: 'DELETE', route, csrf }, PATH);
    if (typeof answer === 'string') return answer;
    if (answer.problem?.code === 'REAUTHENTICATION_REQUIRED')
      return this.askPassword(request, response, action);
    if (answer.status === 404) return this.view.leadTo(response, `${PATH}?note=gone`);
    if (answer.problem) return this.account.refuse(request, response, answer);
    return this.view.leadTo(response, `${PATH}?note=done`, answer.cookies);
  }

  private askPassword(
    request: HttpRequest,
    response: PageResponse,
    action: string,
    answer?: ApiAnswer,
  ): string {
    const t = this.view.wordsFor(request);
    const { id } = formOf(request);
    return this.view.show(request, response, {
      template: 'form',
      title: t('sessions.confirm'),
      status: answer?.problem?.status,
      signedIn: true,
      path: PATH,
      intro: [t('sessions.confirm.intro')],
      problem: answer && problemText(t, answer, 'problem.password'),
      forms: [
        {
          action,
          fields: [new KnownFields(t, 0).password()],
          submit: t('continue'),
          ...(id !== undefined && { hidden: { id } }),
        },
      ],
    });
  }
}
