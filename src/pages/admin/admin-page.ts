import { Injectable } from '@nestjs/common';
import { AuthCookies } from '../../auth/cookies/auth-cookies.js';
import type { HttpRequest } from '../../common/client-info.js';
import type { ApiAnswer, ApiCall } from '../api/page-api.js';
import { formOf, queryOf } from '../form-of.js';
import { PageAccount } from '../page-account.js';
import { momentIn } from '../rendering/moment-in.js';
import { PageView, type PageResponse, type Say } from '../rendering/page-view.js';
import { problemText } from '../rendering/problem-text.js';
import { type Viewer, viewerOf } from '../viewer.js';
import { ADMIN_PATH, adminEntries } from './admin-entries.js';
import type { Cell, Section } from './section.js';

/** What an address says in `note` where a list was asked for from a place that is none. */
const FROM_START = 'from-start';

/** A list, and the words for one that is not in it any more. */
interface List {
  readonly path: string;
  readonly name: string;
  readonly gone: string;
}

const USERS: List = { path: ADMIN_PATH, name: 'admin.users', gone: 'admin.gone.user' };

interface Shown {
  readonly title: string;
  /** Which entry of the navigation it is. */
  readonly path: string;
  readonly sections: readonly Section[];
  /** What was refused, and why. */
  readonly refused?: ApiAnswer | undefined;
  /** In place of what is said of `refused`. */
  readonly problem?: string | undefined;
  /** By what the query says in `note`: what was done before the page was asked for anew. */
  readonly notes?: readonly string[];
}

/** What the pages of administration have in common. */
@Injectable()
export class AdminPage {
  constructor(
    private readonly view: PageView,
    private readonly account: PageAccount,
    private readonly cookies: AuthCookies,
  ) {}

  viewerOf(request: HttpRequest): Viewer {
    return viewerOf(this.cookies.read(request, 'access'));
  }

  wordsFor(request: HttpRequest): Say {
    return this.view.wordsFor(request);
  }

  /** A cell with a moment in it. @param iso ISO 8601; null: never */
  moment(request: HttpRequest, iso: string | null, precision?: 'seconds'): Cell {
    if (iso === null) return { text: '–' };
    return { text: momentIn(this.view.localeOf(request), iso, precision), at: iso };
  }

  /** Where administration begins for who may not find users. @returns undefined: here, and what the API says of it */
  leadElsewhere(request: HttpRequest, response: PageResponse): string | undefined {
    const viewer = this.viewerOf(request);
    const [, first] = adminEntries(viewer);
    if (viewer.scopes.includes('users:read') || !first) return undefined;
    return this.view.leadTo(response, first[0]);
  }

  /**
   * Asks the API.
   * @param next the page with its filters, to come back to after a sign-in
   * @param expected the status of a refusal that the page itself explains
   * @returns the API's answer; a text is the page to answer with instead
   */
  async ask(
    request: HttpRequest,
    response: PageResponse,
    route: string,
    next: string,
    expected = 400,
  ): Promise<ApiAnswer | string> {
    const answer = await this.account.send(request, response, { method: 'GET', route }, next);
    const isShown = typeof answer === 'string' || !answer.problem || answer.status === expected;
    return isShown
      ? answer
      : this.refuse(request, response, answer, route.startsWith('admin/users/') ? USERS : undefined);
  }

  /**
   * Does what a form asks for.
   * @param refused the page for what the API would not do
   * @returns the page to answer with
   */
  async act(
    request: HttpRequest,
    response: PageResponse,
    call: ApiCall,
    done: string,
    refused: (answer: ApiAnswer) => Promise<string>,
  ): Promise<string> {
    const { csrf } = formOf(request);
    const path = done.split('?', 1)[0] ?? done;
    const answer = await this.account.send(request, response, { ...call, csrf }, path);
    if (typeof answer === 'string') return answer;
    return answer.problem ? refused(answer) : this.view.leadTo(response, done, answer.cookies);
  }

  show(
    request: HttpRequest,
    response: PageResponse,
    { refused, notes = [], problem, ...shown }: Shown,
  ): string {
    const t = this.wordsFor(request);
    const { note = '' } = queryOf(request);
    return this.view.show(request, response, {
      ...shown,
      template: 'admin',
      status: refused?.problem?.status,
      signedIn: true,
      wide: true,
      entries: adminEntries(this.viewerOf(request)),
      problem: problem ?? (refused && problemText(t, refused)),
      notice: !refused && [FROM_START, ...notes].includes(note) ? t(`admin.done.${note}`) : undefined,
    });
  }

  /** What may not be seen, or is not there. @param list where those are that it was one of, if it is gone */
  refuse(request: HttpRequest, response: PageResponse, answer: ApiAnswer, list?: List): string {
    const t = this.wordsFor(request);
    const gone = answer.status === 404 ? list : undefined;
    return this.view.show(request, response, {
      template: 'message',
      title: t(gone ? 'admin.gone' : 'problem.title'),
      status: answer.problem?.status,
      signedIn: true,
      entries: adminEntries(this.viewerOf(request)),
      intro: [gone ? t(gone.gone) : problemText(t, answer)],
      links: [gone ? { href: gone.path, text: t(gone.name) } : { href: '/account', text: t('nav') }],
    });
  }

  /** A list from its beginning, where the place in it is not understood. */
  restart(response: PageResponse, path: string): string {
    return this.view.leadTo(response, `${path}?note=${FROM_START}`);
  }
}

/** Path and query, of what was given. */
export function withQuery(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => !!entry[1]);
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}

const UUID = /^[0-9a-f-]{36}$/i;

/** A part of the address that the API is asked at: nothing that leads elsewhere. */
export function idIn(text: string | undefined): string {
  return text !== undefined && UUID.test(text) ? text : 'none';
}
