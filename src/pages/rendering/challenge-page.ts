import { Injectable } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import type { ApiAnswer } from '../api/page-api.js';
import { PagePaths } from '../page-paths.js';
import { type PageResponse, PageView } from './page-view.js';
import { problemText } from './problem-text.js';

/** What the next form says again. */
interface Challenged {
  readonly challengeToken: string;
  readonly kinds: readonly string[];
  /** Where to go on afterwards. */
  readonly next?: string | undefined;
  /** If an answer was refused. */
  readonly refused?: ApiAnswer;
}

/** Where the application's login gate asks for more: a form for each way to go on that it offers, as a text to type. */
@Injectable()
export class ChallengePage {
  constructor(
    private readonly view: PageView,
    private readonly paths: PagePaths,
  ) {}

  /** @returns undefined unless the gate asks for more */
  of(
    request: HttpRequest,
    response: PageResponse,
    { problem }: ApiAnswer,
    next?: string,
  ): string | undefined {
    if (problem?.code !== 'LOGIN_CHALLENGE_REQUIRED') return undefined;
    const { challengeToken = '', challenges = [] } = problem;
    const kinds = challenges.map(({ kind }) => kind);
    return this.show(request, response, { challengeToken, kinds, next });
  }

  show(request: HttpRequest, response: PageResponse, challenged: Challenged): string {
    const { challengeToken, kinds, next, refused } = challenged;
    const t = this.view.wordsFor(request);
    return this.view.show(request, response, {
      template: 'form',
      title: t('challenge.title'),
      status: refused?.problem?.status,
      problem: refused && problemText(t, refused),
      forms: kinds.map((kind) => ({
        action: '/account/sign-in/challenge',
        fields: [
          {
            name: 'answer',
            type: 'text',
            label: t('challenge.answer', { kind }),
            autocomplete: 'one-time-code',
            required: true,
          },
        ],
        submit: t('continue'),
        hidden: { challengeToken, kind, next: this.paths.next(next) },
      })),
    });
  }
}
