import { Injectable } from '@nestjs/common';
import { setCookies } from '../../auth/cookies/set-cookies.js';
import type { HttpRequest } from '../../common/client-info.js';
import type { LogoutRequest } from '../../oauth/interaction/logout-requests.js';
import { PagePaths } from '../page-paths.js';
import { type PageResponse, PageView } from '../rendering/page-view.js';

/** For the pages of clients in frames, before the browser is led on. Seconds. */
const FRAMES_TIME = 3;

/** What people see of a logout that a client asked for. */
@Injectable()
export class LogoutPage {
  constructor(
    private readonly view: PageView,
    private readonly paths: PagePaths,
  ) {}

  /** Asks whether to sign out. */
  ask(request: HttpRequest, response: PageResponse, { id, client }: LogoutRequest, email: string): string {
    const t = this.view.wordsFor(request);
    const names = { client: client?.name ?? t('logout.someone'), email };
    return this.view.show(request, response, {
      template: 'logout',
      title: t('logout.title'),
      intro: t('logout.intro', names),
      action: `/account/logout/${id}`,
    });
  }

  /** The request's time is over. */
  gone(request: HttpRequest, response: PageResponse): string {
    const t = this.view.wordsFor(request);
    return this.view.show(request, response, {
      template: 'message',
      title: t('authorize.gone.title'),
      status: 410,
      intro: [t('logout.gone')],
      links: [{ href: '/account', text: t('nav') }],
    });
  }

  /** Leads the browser here once more, as of this site: with the cookies that browsers send to no page another site leads to. */
  again(request: HttpRequest, response: PageResponse, { id, client }: LogoutRequest): string {
    const address = this.paths.origin + this.paths.of(`/account/logout/${id}`);
    return this.view.leadAway(request, response, address, client?.name ?? '', 'logout.away.title');
  }

  /** Who is signed out is led back to the client, once the pages of others have been shown in frames. */
  done(
    request: HttpRequest,
    response: PageResponse,
    { client, redirectUri }: LogoutRequest,
    frames: readonly string[] = [],
    cookies: string[] = [],
  ): string {
    if (cookies.length > 0) setCookies(response, cookies);
    const t = this.view.wordsFor(request);
    if (redirectUri !== undefined && frames.length === 0)
      return this.view.leadAway(request, response, redirectUri, client?.name ?? '', 'logout.away.title');
    if (redirectUri !== undefined) response.header('Refresh', `${FRAMES_TIME}; url=${redirectUri}`);
    return this.view.show(request, response, {
      template: 'signed-out',
      title: t('logout.done.title'),
      text: t('logout.done'),
      frames,
      address: redirectUri ?? this.paths.of('/account/sign-in'),
      link: redirectUri === undefined ? t('logout.sign-in') : t('continue'),
    });
  }
}
