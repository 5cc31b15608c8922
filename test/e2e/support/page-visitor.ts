import { CookieJar } from '../../support/cookie-jar.js';

/** A page as it was answered. */
export interface VisitedPage {
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  /** Path and query of where it leads, or was found. */
  readonly path: string;
}

/** A browser without scripts: cookies, forms, and where they lead. */
export class PageVisitor {
  readonly jar = new CookieJar(true);
  private page: VisitedPage | undefined;

  constructor(
    private readonly url: string,
    private readonly headers: Readonly<Record<string, string>> = {},
    /** As PUBLIC_URL says it. */
    private readonly origin: string = url.replace('127.0.0.1', 'localhost'),
  ) {}

  /** Opens a page, and follows where it leads. */
  async open(path: string): Promise<VisitedPage> {
    return this.follow(await this.ask(path, { headers: { 'Sec-Fetch-Site': 'none' } }));
  }

  /** Fills in a form of the page that was opened last, by its address, and follows where that leads. */
  async submit(
    action: string,
    fields: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<VisitedPage> {
    return this.send(action, { ...this.hiddenFieldsOf(action), ...fields }, headers);
  }

  /** Sends a form that need not be on the page, and follows where that leads. */
  async send(
    action: string,
    fields: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<VisitedPage> {
    const body = new URLSearchParams(fields);
    const sent = { Origin: this.origin, 'Sec-Fetch-Site': 'same-origin', ...headers };
    return this.follow(await this.ask(action, { method: 'POST', body, headers: sent }));
  }

  private async ask(path: string, init: RequestInit): Promise<VisitedPage> {
    const cookie = this.jar.headerFor(path);
    const headers = { ...this.headers, ...init.headers, ...(cookie !== undefined && { Cookie: cookie }) };
    const response = await fetch(this.url + path, { ...init, headers, redirect: 'manual' });
    this.jar.keep(response.headers);
    const leadsTo = response.headers.get('location');
    return {
      status: response.status,
      headers: response.headers,
      html: await response.text(),
      path: leadsTo ?? path,
    };
  }

  private async follow(page: VisitedPage, left = 5): Promise<VisitedPage> {
    if (page.status !== 303) {
      this.page = page;
      return page;
    }
    // To another server: it is for who asked to go there.
    if (!page.path.startsWith('/') && !page.path.startsWith(this.origin)) {
      this.page = page;
      return page;
    }
    if (left === 0) throw new Error(`Pages lead in a circle, to ${page.path}.`);
    const headers = { 'Sec-Fetch-Site': 'same-origin' };
    return this.follow(await this.ask(page.path.replace(this.origin, ''), { headers }), left - 1);
  }

  private hiddenFieldsOf(action: string): Record<string, string> {
    const form = this.page?.html.split('<form ').find((part) => part.includes(`action="${action}"`));
    if (form === undefined) throw new Error(`There is no form that is sent to ${action}.`);
    const [within = ''] = form.split('</form>', 1);
    const hidden = [...within.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
    return Object.fromEntries(
      hidden.map(([, name = '', value = '']) => [name, value.replaceAll('&amp;', '&')]),
    );
  }
}
