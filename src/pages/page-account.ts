import { Injectable } from '@nestjs/common';
import { PASSWORD_CHANGE_SCOPE } from '../access/password-change-scope.js';
import { AuthCookies } from '../auth/cookies/auth-cookies.js';
import { ApiPaths } from '../auth/cookies/api-paths.js';
import type { HttpRequest } from '../common/client-info.js';
import { PageApi, type ApiAnswer, type ApiCall } from './api/page-api.js';
import { PagePaths } from './page-paths.js';
import { problemText } from './rendering/problem-text.js';
import { PageView, type PageResponse } from './rendering/page-view.js';
import { viewerOf } from './viewer.js';

/** A user as the API tells of them, with a team's own fields. */
export interface PageUser {
  readonly [field: string]: unknown;
  readonly name: string | null;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly roles: readonly string[];
}

/** Codes for which the caller is led to where they sign in, or their session goes on. */
const SIGNED_OUT: ReadonlySet<string> = new Set([
  'TOKEN_MISSING',
  'TOKEN_INVALID',
  'TOKEN_EXPIRED',
  'TOKEN_REVOKED',
  'SESSION_ENDED',
]);

/** Which page is for whom: those of the account are for who is signed in. */
@Injectable()
export class PageAccount {
  constructor(
    private readonly api: PageApi,
    private readonly view: PageView,
    private readonly cookies: AuthCookies,
    private readonly apiPaths: ApiPaths,
    private readonly paths: PagePaths,
  ) {}

  /** Who is signed in; undefined if that is no user. One statement, as of any request for the profile. */
  async find(request: HttpRequest): Promise<PageUser | undefined> {
    if (this.cookies.read(request, 'access') === undefined) return undefined;
    const { status, body } = await this.api.send(request, { method: 'GET', route: 'profile' });
    return status === 200 ? (body as PageUser) : undefined;
  }

  /**
   * Asks the API in the name of who is signed in.
   * @returns its answer; a text is the page to answer with instead, which leads on
   */
  async send(
    request: HttpRequest,
    response: PageResponse,
    call: ApiCall,
    next: string,
  ): Promise<ApiAnswer | string> {
    const answer = await this.api.send(request, call);
    const code = answer.problem?.code ?? '';
    if (SIGNED_OUT.has(code)) return this.leadToSignIn(request, response, next);
    // Of the initial administrator, who can do nothing else.
    if (code === 'INSUFFICIENT_SCOPE' && this.mustChoosePassword(request))
      return this.leadToPassword(response, next);
    return answer;
  }

  /** Who has an initial password chooses another, and goes on where they were. */
  leadToPassword(response: PageResponse, next: string): string {
    return this.view.leadTo(response, this.paths.onTheWay('/account/password?note=initial', next));
  }

  /** Who has an initial password can do nothing but choose another. */
  mustChoosePassword(request: HttpRequest): boolean {
    return viewerOf(this.cookies.read(request, 'access')).scopes.includes(PASSWORD_CHANGE_SCOPE);
  }

  /** What the API would not do, as a page: there is no form to show it in. */
  refuse(request: HttpRequest, response: PageResponse, answer: ApiAnswer): string {
    const t = this.view.wordsFor(request);
    return this.view.show(request, response, {
      template: 'message',
      title: t('problem.title'),
      status: answer.problem?.status,
      intro: [problemText(t, answer, 'problem.password')],
      links: [{ href: '/account', text: t('continue') }],
    });
  }

  /** The session goes on where it can, else the user signs in. @param email who that is to be, where it is known */
  leadToSignIn(request: HttpRequest, response: PageResponse, next: string, email = ''): string {
    // The refresh token's cookie comes to nothing but the API's refresh and what is below it.
    const hasSession = this.cookies.read(request, 'csrf') !== undefined;
    return this.view.leadTo(response, hasSession ? this.resumedAt(next) : signInAt(next, email));
  }

  /** The session goes on with another access token, where the one there is can do less than its user may now. */
  renew(response: PageResponse, next: string): string {
    return this.view.leadTo(response, this.resumedAt(next));
  }

  private resumedAt(next: string): string {
    return `${this.apiPaths.served('auth/refresh/page')}?next=${encodeURIComponent(next)}`;
  }
}

function signInAt(next: string, email: string): string {
  const hint = email === '' ? '' : `&email=${encodeURIComponent(email)}`;
  return `/account/sign-in?next=${encodeURIComponent(next)}${hint}`;
}
