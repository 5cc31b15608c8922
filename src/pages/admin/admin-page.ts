import { Injectable } from '@nestjs/common';
import { AuthCookies } from '../../auth/cookies/auth-cookies.js';
import type { HttpRequest } from '../../common/client-info.js';
import type { ApiAnswer, ApiCall } from '../api/page-api.js';
import { formOf, queryOf } from '../form-of.js';
import { PageAccount } from '../page-account.js';
import { momentIn } from '../rendering/moment-in.js';
import { PageView, type PageResponse, type Say } from '../rendering/page-view.js';
import { problemText } from '../rendering/problem-text.js';
import { may, type Viewer, viewerOf } from '../viewer.js';
import type { Cell, Section } from './section.js';

export const ADMIN_PATH = '/account/admin';

interface Shown {
  readonly title: string;
  /** Which entry of the navigation it is. */
  readonly path: string;
  readonly sections: readonly Section[];
  /** What was refused, and why. */
  readonly refused?: ApiAnswer | undefined;
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
  moment(request: HttpRequest, iso: string | null): Cell {
    return iso === null ? { text: '–' } : { text: momentIn(this.view.localeOf(request), iso), at: iso };
  }

  /** Where administration begins for who may not find users. @returns undefined: here, and what the API says of it */
  leadElsewhere(request: HttpRequest, response: PageResponse): string | undefined {
    const viewer = this.viewerOf(request);
    const [, first] = this.entriesFor(viewer);
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
    return isShown ? answer : this.refuse(request, response, answer);
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

  show(request: HttpRequest, response: PageResponse, { refused, notes = [], ...shown }: Shown): string {
    const t = this.wordsFor(request);
    const { note = '' } = queryOf(request);
    return this.view.show(request, response, {
      ...shown,
      template: 'admin',
      status: refused?.problem?.status,
      signedIn: true,
      wide: true,
      entries: this.entriesFor(this.viewerOf(request)),
      problem: refused && problemText(t, refused),
      notice: !refused && notes.includes(note) ? t(`admin.done.${note}`) : undefined,
    });
  }

  /** What may not be seen, or is not there. */
  refuse(request: HttpRequest, response: PageResponse, answer: ApiAnswer): string {
    const t = this.wordsFor(request);
    return this.view.show(request, response, {
      template: 'message',
      title: t('problem.title'),
      status: answer.problem?.status,
      signedIn: true,
      entries: this.entriesFor(this.viewerOf(request)),
      intro: [problemText(t, answer)],
      links: [{ href: '/account', text: t('nav') }],
    });
  }

  /** The pages that there are for someone: path and word of each. */
  entriesFor(viewer: Viewer): [path: string, word: string][] {
    const { scopes } = viewer;
    const entries: [boolean, string, string][] = [
      [true, '/account', 'nav'],
      [scopes.includes('users:read'), ADMIN_PATH, 'admin.users'],
      [may(viewer, 'invitations:read'), `${ADMIN_PATH}/invitations`, 'admin.invitations'],
      [may(viewer, 'audit:read'), `${ADMIN_PATH}/audit`, 'admin.audit'],
      [scopes.includes('keys:read'), `${ADMIN_PATH}/keys`, 'admin.keys'],
    ];
    return entries.flatMap(([isOffered, path, word]) => (isOffered ? [[path, word]] : []));
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
