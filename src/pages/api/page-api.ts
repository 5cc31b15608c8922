import type { Server } from 'node:http';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AuthCookies } from '../../auth/cookies/auth-cookies.js';
import { ApiPaths } from '../../auth/cookies/api-paths.js';
import type { HttpRequest } from '../../common/client-info.js';
import type { ProblemDetails } from '../../common/problem-details/problem-details.js';
import { PagePaths } from '../page-paths.js';
import { withDeviceCookieOfPages } from './device-cookie-of-pages.js';
import { requestWithin } from './request-within.js';

/** What the API is asked for. */
export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the prefix, e.g. `auth/login`. */
  readonly route: string;
  readonly body?: object;
  /** Of the form; needed where the caller is known by a cookie, and something changes. */
  readonly csrf?: string | undefined;
  /** `If-Match`: the `ETag` of what is to be changed, as the user saw it. */
  readonly ifMatch?: string;
  /** Where the page itself has made sure that it is the user who asks. */
  readonly origin?: string;
}

/** What it answered. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
  /** `Set-Cookie`, for the browser. */
  readonly cookies: string[];
  /** Only of what was refused. */
  readonly problem?: ProblemDetails;
  /** The cursor of the page after this one, of `Link` (RFC 8288). */
  readonly next?: string;
  /** `ETag`. */
  readonly etag?: string | undefined;
  /** The origin at which the caller's browser opened the page, where it is another than `PUBLIC_URL` and the form was refused for it. */
  readonly openedAt?: string;
  /** Seconds, of `Retry-After`. */
  readonly retryAfter?: number;
}

/** About the caller and the way here; nothing of the body, which is another. */
const PASSED_ON =
  /^(cookie|origin|referer|user-agent|accept-language|host|via|x-real-ip|traceparent|x-request-id|forwarded|x-forwarded-.*|sec-fetch-.*)$/;

/**
 * The API as the pages' forms use it: each call goes the whole way of a request, through guards, limits, validation and audit, without
 * a socket. So the pages have no rule of their own, and can do what their user can, no more.
 */
@Injectable()
export class PageApi {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly paths: ApiPaths,
    private readonly pages: PagePaths,
    private readonly cookies: AuthCookies,
  ) {}

  /** In the name of the caller of a page, in cookie mode. */
  async send(request: HttpRequest, call: ApiCall): Promise<ApiAnswer> {
    const server = this.host.httpAdapter.getHttpServer() as Server;
    const { status, headers, ...answer } = await requestWithin(server, {
      method: call.method,
      path: this.paths.served(call.route),
      headers: this.headersOf(request, call),
      body: call.body && JSON.stringify(call.body),
      remoteAddress: peerOf(request),
      socket: request.socket,
    });
    const body: unknown = answer.body === '' ? undefined : JSON.parse(answer.body);
    const cookies = withDeviceCookieOfPages(
      headers['set-cookie'] ?? [],
      this.paths.of('auth/login'),
      this.pages.of('/account/sign-in'),
    );
    const next = /[?&]cursor=([^&>]+)[^>]*>;\s*rel="next"/.exec(String(headers.link ?? ''))?.[1];
    if (status < 400)
      return {
        status,
        body,
        cookies,
        etag: headers.etag,
        ...(next !== undefined && { next: decodeURIComponent(next) }),
      };
    const retryAfter = Number(headers['retry-after']);
    const problem = body as ProblemDetails;
    const openedAt = problem.code === 'CSRF_REJECTED' ? this.otherOriginOf(request) : undefined;
    return {
      status,
      body,
      cookies,
      problem,
      ...(openedAt !== undefined && { openedAt }),
      ...(retryAfter > 0 && { retryAfter }),
    };
  }

  /** Browsers say it of each form; `null` is no address. */
  private otherOriginOf({ headers: { origin } }: HttpRequest): string | undefined {
    const isOther = typeof origin === 'string' && origin !== 'null' && origin !== this.pages.origin;
    return isOther ? origin : undefined;
  }

  private headersOf(
    { headers }: HttpRequest,
    { body, csrf, origin, ifMatch }: ApiCall,
  ): Record<string, string> {
    const passed = Object.entries(headers).filter(
      (entry): entry is [string, string] => PASSED_ON.test(entry[0]) && typeof entry[1] === 'string',
    );
    return {
      ...Object.fromEntries(passed),
      ...(this.cookies.available && { 'x-auth-mode': 'cookie' }),
      ...(csrf !== undefined && { 'x-csrf-token': csrf }),
      ...(origin !== undefined && { origin }),
      ...(ifMatch !== undefined && { 'if-match': ifMatch }),
      ...(body && { 'content-type': 'application/json' }),
    };
  }
}

/** The neighbour on the wire: whether it is a proxy that is believed, the API finds out itself. */
function peerOf(
  request: HttpRequest & { readonly raw?: { readonly socket?: { readonly remoteAddress?: string } } },
): string {
  return request.raw?.socket?.remoteAddress ?? request.socket?.remoteAddress ?? '';
}
