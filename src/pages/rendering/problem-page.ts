import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ApiPaths } from '../../auth/cookies/api-paths.js';
import type { HttpRequest, HttpResponse } from '../../common/client-info.js';
import type { ProblemDetails } from '../../common/problem-details/problem-details.js';
import { ProblemPages } from '../../common/problem-details/problem-pages.js';
import { isBelowPages, isForPeople } from '../page-paths.js';
import { PageView } from './page-view.js';
import { problemText } from './problem-text.js';

/** What cannot be answered at an address of the pages, in the same look: above all that there is no such page. */
@Injectable()
export class ProblemPage implements OnModuleInit {
  constructor(
    private readonly problems: ProblemPages,
    private readonly view: PageView,
    private readonly api: ApiPaths,
  ) {}

  onModuleInit(): void {
    this.problems.drawBy({
      isPage: isBelowPages,
      isForPeople: (address) => isForPeople(address, this.api.served('')),
      draw: (request, response, problem) => this.show(request, response, problem),
    });
  }

  private show(request: HttpRequest, response: HttpResponse, problem: ProblemDetails): string {
    const t = this.view.wordsFor(request);
    return this.view.show(request, response, {
      template: 'message',
      title: t(problem.status === 404 ? 'problem.no-page' : 'problem.title'),
      status: problem.status,
      intro: [problemText(t, { problem })],
      links: [{ href: '/account', text: t('nav') }],
    });
  }
}
