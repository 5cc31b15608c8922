import { Injectable } from '../nest.js';
import type { HttpRequest, HttpResponse } from '../client-info.js';
import type { ProblemDetails } from './problem-details.js';

/** Draws a problem for people. @returns HTML, with its headers set on the response */
export type DrawProblem = (request: HttpRequest, response: HttpResponse, problem: ProblemDetails) => string;

interface Pages {
  readonly isPage: (address: string) => boolean;
  readonly draw: DrawProblem;
}

/** Whether the one who asks reads pages: browsers that open an address, or send a form, say so, and scripts do not. */
const READS_PAGES = /(^|[\s,])text\/html\s*(;|,|$)/i;

/** Problems as pages, at the addresses of pages, for browsers. Without pages there are none. */
@Injectable()
export class ProblemPages {
  private pages: Pages | undefined;

  /** Called once by who has pages. */
  drawBy(pages: Pages): void {
    this.pages = pages;
  }

  /** @returns undefined if problem details are the answer */
  of(request: HttpRequest, response: HttpResponse, problem: ProblemDetails): string | undefined {
    const { originalUrl, url, headers } = request;
    if (!this.pages?.isPage(originalUrl ?? url) || !READS_PAGES.test(String(headers['accept'])))
      return undefined;
    return this.pages.draw(request, response, problem);
  }
}
