import { Get, Req, Res } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import { queryOf } from '../form-of.js';
import { PageAccount } from '../page-account.js';
import { momentIn } from '../rendering/moment-in.js';
import { PageView, type PageResponse, type Say } from '../rendering/page-view.js';
import { PageController } from './page-controller.decorator.js';

const PATH = '/account/activity';

/** An event as the API tells of it. */
interface PageEvent {
  readonly occurredAt: string;
  readonly type: string;
  readonly outcome: 'success' | 'failure';
  readonly ip: string | null;
}

/** What happened to the account. */
@PageController()
export class ActivityPageController {
  constructor(
    private readonly view: PageView,
    private readonly account: PageAccount,
  ) {}

  @Get('account/activity')
  async show(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    const { cursor, note } = queryOf(request);
    const query = cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`;
    const answer = await this.account.send(
      request,
      response,
      { method: 'GET', route: `profile/audit${query}` },
      PATH + query,
    );
    if (typeof answer === 'string') return answer;
    if (answer.problem)
      return cursor === undefined || answer.status !== 400
        ? this.account.refuse(request, response, answer)
        : this.view.leadTo(response, `${PATH}?note=from-start`);
    const { events, nextCursor } = answer.body as { events: PageEvent[]; nextCursor: string | null };
    const t = this.view.wordsFor(request);
    const locale = this.view.localeOf(request);
    return this.view.show(request, response, {
      template: 'activity',
      title: t('activity.title'),
      signedIn: true,
      path: PATH,
      notice: note === 'from-start' ? t('list.from-start') : undefined,
      events: events.map(({ type, outcome, occurredAt, ip }) => ({
        what: nameOf(t, type),
        failed: outcome === 'failure',
        at: occurredAt,
        when: momentIn(locale, occurredAt),
        where: ip,
      })),
      nextCursor,
    });
  }
}

function nameOf(t: Say, type: string): string {
  const key = `event.${type}`;
  const name = t(key);
  return name === key ? t('event.other') : name;
}
