import { Injectable } from '../nest.js';
import type { HttpRequest, HttpResponse } from '../client-info.js';
import { type ProblemDetails, problemDetails } from './problem-details.js';

/** Draws a problem for people. @returns HTML, with its headers set on the response */
export type DrawProblem = (request: HttpRequest, response: HttpResponse, problem: ProblemDetails) => string;

interface Pages {
  readonly isPage: (address: string) => boolean;
  /** Whether people rather than programs may have meant an address at which there is nothing. */
  readonly isForPeople: (address: string) => boolean;
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

  /** @param isUnknown whether no route is at the address @returns undefined if problem details are the answer */
  of(
    request: HttpRequest,
    response: HttpResponse,
    problem: ProblemDetails,
    isUnknown = false,
  ): string | undefined {
    const { originalUrl, url, headers, method } = request;
    const address = originalUrl ?? url;
    if (!this.pages || !READS_PAGES.test(String(headers['accept']))) return undefined;
    const isOpened = isUnknown && (method === 'GET' || method === 'HEAD');
    if (!this.pages.isPage(address) && !(isOpened && this.pages.isForPeople(address))) return undefined;
    return this.pages.draw(request, response, problem);
  }

  /** Of an address that no router reads, such as `/account/%zz`: for people there is nothing at it. */
  ofUnreadable(request: HttpRequest, response: HttpResponse): string | undefined {
    return this.of(request, response, problemDetails('NOT_FOUND', 'There is nothing at this address.'), true);
  }
}
