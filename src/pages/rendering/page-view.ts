import { Injectable } from '@nestjs/common';
import { AuthCookies } from '../../auth/cookies/auth-cookies.js';
import { type CookieResponse, setCookies } from '../../auth/cookies/set-cookies.js';
import { clientInfoOf, type HttpRequest, type HttpResponse } from '../../common/client-info.js';
import { AppConfig, HttpConfig, MailConfig, PagesConfig } from '../../config/config.js';
import { queryOf } from '../form-of.js';
import { PagePaths } from '../page-paths.js';
import { administers, viewerOf } from '../viewer.js';
import { AccountEntries } from './account-entries.js';
import { PageAssets } from './page-assets.js';
import { framing, PAGE_HEADERS } from './page-headers.js';
import { PageTemplates } from './page-templates.js';
import { textFor } from './plurals.js';
import { PageLanguages } from './page-words.js';

/** What is answered on Fastify and Express. */
export type PageResponse = HttpResponse & CookieResponse;

/** Says a word of the page's language, with what belongs in it. */
export type Say = (key: string, values?: Readonly<Record<string, string | number>>) => string;

/** What an address says in `note` where a password was chosen on the way to the page, whichever that is. */
export const PASSWORD_SET = 'password-set';

interface Shown {
  readonly template: string;
  readonly title: string;
  /** Default: 200. */
  readonly status?: number | undefined;
  readonly signedIn?: boolean;
  /** Addresses of other sites that it has in frames. */
  readonly frames?: readonly string[];
  /** Which entry of the account's navigation it is. */
  readonly path?: string;
  readonly [data: string]: unknown;
}

/** Pages as HTML: templates, words and headers together. */
@Injectable()
export class PageView {
  readonly assets: PageAssets;
  readonly entries = new AccountEntries();
  private readonly templates: PageTemplates;
  private readonly languages: PageLanguages;

  /** @throws ConfigurationError if a file of `PAGES_DIR` cannot be used */
  constructor(
    private readonly app: AppConfig,
    private readonly mail: MailConfig,
    private readonly paths: PagePaths,
    private readonly cookies: AuthCookies,
    private readonly http: HttpConfig,
    { directory }: PagesConfig,
  ) {
    this.templates = new PageTemplates(directory);
    this.languages = new PageLanguages(directory);
    this.assets = new PageAssets(directory);
  }

  /** The words of the reader's language. */
  wordsFor(request: HttpRequest): Say {
    const words = this.languageOf(request);
    return (key, values = {}) =>
      textFor(words, key, values).replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
        name === 'origin' ? this.paths.origin : String(values[name] ?? whole),
      );
  }

  /** BCP 47, for dates and numbers. */
  localeOf(request: HttpRequest): string {
    return this.languageOf(request).language;
  }

  /** @returns the page, which the caller answers with */
  show(request: HttpRequest, response: HttpResponse, { template, status = 200, ...data }: Shown): string {
    for (const [name, value] of Object.entries(PAGE_HEADERS)) response.header(name, value);
    if (data.frames?.length) response.header(...framing(data.frames));
    response.status(status);
    const wasSet = data.signedIn === true && queryOf(request)['note'] === PASSWORD_SET;
    const words = {
      t: this.wordsFor(request),
      lang: this.localeOf(request),
      url: (path: string) => this.paths.of(path),
      asset: (name: Parameters<PageAssets['addressOf']>[0]) => {
        const address = this.assets.addressOf(name);
        return address === undefined ? undefined : this.paths.of(`/account/assets/${address}`);
      },
      appName: this.app.name,
      origin: this.paths.origin,
      origins: [this.paths.origin, ...this.http.corsOrigins],
      csrf: this.cookies.read(request, 'csrf') ?? '',
    };
    const mayAdminister = administers(viewerOf(this.cookies.read(request, 'access')));
    const page = {
      signedIn: false,
      path: '',
      entries: this.entries.for(mayAdminister),
      ...data,
      ...(wasSet && { notice: words.t('password.done') }),
    };
    const content = this.templates.render(template, { ...words, ...page });
    return this.templates.render('layout', { ...words, ...page, content });
  }

  /** After a form: the next page is asked for anew, so that a reload sends nothing twice. @param path of the application */
  leadTo(response: PageResponse, path: string, cookies: string[] = []): string {
    if (cookies.length > 0) setCookies(response, cookies);
    response.header('Cache-Control', 'no-store');
    response.header('Referrer-Policy', 'same-origin');
    response.header('Location', this.paths.of(path));
    response.status(303);
    return '';
  }

  /**
   * Leads to an address of another part of the server, or of another one, by a page that does so by itself: browsers hold where a form
   * leads in the end against `form-action`, however many redirections are between.
   * @param address absolute, of this server's own making
   */
  leadAway(
    request: HttpRequest,
    response: PageResponse,
    address: string,
    name: string,
    title = 'authorize.away.title',
  ): string {
    response.header('Refresh', `0; url=${address}`);
    const t = this.wordsFor(request);
    return this.show(request, response, {
      template: 'away',
      title: t(title),
      address,
      text: t('authorize.away', { client: name }),
    });
  }

  private languageOf(request: HttpRequest): ReturnType<PageLanguages['choose']> {
    return this.languages.choose(clientInfoOf(request).language, this.mail.language);
  }
}
