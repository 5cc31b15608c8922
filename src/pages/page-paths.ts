import { HttpConfig } from '../config/config.js';
import { Injectable } from '@nestjs/common';

/** Where mailed links lead, as `account-links.ts` writes them. */
export const LINK_PATHS = [
  '/reset-password',
  '/verify-email',
  '/confirm-email',
  '/confirm-registration',
  '/accept-invitation',
] as const;

/** All that the pages answer at. */
const PAGES =
  /^\/(account(\/[\w./-]*)?|oauth\/device|reset-password|verify-email|confirm-email|confirm-registration|accept-invitation)?\/?(\?|$)/;

const BELOW_PAGES =
  /^\/(account(\/|\?|$)|(oauth\/device|reset-password|verify-email|confirm-email|confirm-registration|accept-invitation)\/?(\?|$))/;

/** Whether an address is a page's, or would be. @param url path and query, as the application has it */
export function isBelowPages(url: string): boolean {
  return BELOW_PAGES.test(url);
}

/** What programs ask for beside the API. */
const OF_PROGRAMS = /^\/(oauth|\.well-known|health|metrics|docs|openapi\.json)(\/|\?|$)/;

/**
 * Whether people may have meant an address at which there is nothing.
 * @param api path of the API: what is beside it, below the same first part, is for programs, too
 */
export function isForPeople(url: string, api: string): boolean {
  const [, first = ''] = api.split('/');
  return first !== '' && !OF_PROGRAMS.test(url) && url.split(/[/?]/, 2)[1] !== first;
}

/** A page of who is signed in, and a query as `URLSearchParams` writes it. */
const NEXT = /^\/(account(\/[\w-]+)*|oauth\/device)(\?[\w.*+%&=-]*)?$/;
/** Characters: a longer address would be cut off on its way. */
const NEXT_MAX = 2048;

/** Whether an address is a page's, so that forms may be sent to it. @param url path and query, as the application has it */
export function isPage(url: string): boolean {
  return PAGES.test(url);
}

/** Where browsers find the pages: a proxy may serve the application below the path of `PUBLIC_URL`. */
@Injectable()
export class PagePaths {
  private readonly base: string;
  /** Of this server, as browsers say it. */
  readonly origin: string;

  constructor({ publicUrl }: HttpConfig) {
    const { pathname, origin } = new URL(publicUrl);
    this.base = pathname.replace(/\/+$/, '');
    this.origin = origin;
  }

  /** @param path of the application, e.g. `/account/sign-in` */
  of(path: string): string {
    return this.base + path;
  }

  /**
   * Where to go on, with what was looked for there.
   * @returns the account's page unless it is one of ours: no other site is led to (CWE-601)
   */
  next(wanted: unknown): string {
    const isOurs =
      typeof wanted === 'string' &&
      wanted.length <= NEXT_MAX &&
      NEXT.test(wanted) &&
      !/^\/account\/(sign-in|register)(\?|$)/.test(wanted);
    return isOurs ? wanted : '/account';
  }

  /**
   * A page on the way to another.
   * @param path of the application, which may have a query
   * @param wanted where to go on after it, see `next`
   */
  onTheWay(path: string, wanted: unknown): string {
    const next = this.next(wanted);
    return next === '/account' ? path : withParameter(path, 'next', next);
  }
}

/** The path with a parameter set. @param path path and query */
export function withParameter(path: string, name: string, value: string): string {
  const [before = '', query] = path.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set(name, value);
  return `${before}?${parameters.toString()}`;
}
