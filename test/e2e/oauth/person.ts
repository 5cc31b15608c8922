import * as oidc from 'openid-client';
import { PASSWORD, uniqueEmail } from '../../support/api-client.js';
import { PageVisitor, type VisitedPage } from '../support/page-visitor.js';
import type { TestAuthorizationServer } from './authorization-server.js';

const SCOPES = { scope: 'openid email' };

/** A browser without scripts that asks for a code, and follows where pages lead. */
export class Person {
  readonly email = uniqueEmail();
  private checks: oidc.AuthorizationCodeGrantChecks = {};

  constructor(
    private readonly as: TestAuthorizationServer,
    private readonly config: oidc.Configuration,
    readonly visitor = new PageVisitor(as.url, {}, as.origin),
  ) {}

  get clientId(): string {
    return this.config.clientMetadata().client_id;
  }

  async register(): Promise<this> {
    await this.as.server.api.register({ email: this.email });
    return this;
  }

  async signIn(email = this.email): Promise<VisitedPage> {
    return this.visitor.submit('/account/sign-in', { email, password: PASSWORD });
  }

  async signedIn(): Promise<this> {
    await this.register();
    await this.visitor.open('/account/sign-in');
    await this.signIn();
    return this;
  }

  async ask(parameters: Record<string, string> = SCOPES): Promise<VisitedPage> {
    const { url, checks } = await this.as.authorizationUrl(this.config, parameters);
    this.checks = checks;
    return this.follow(await this.visitor.open(url.pathname + url.search));
  }

  /** Submits the form of an authorization request. */
  async answer(page: VisitedPage, answer: string, fields: Record<string, string> = {}): Promise<VisitedPage> {
    return this.follow(await this.visitor.submit(this.actionOf(page), { answer, ...fields }));
  }

  /** Goes where a page leads by itself. */
  async follow(page: VisitedPage): Promise<VisitedPage> {
    const address = /^0; url=(.*)$/.exec(page.headers.get('refresh') ?? '')?.[1];
    if (address === undefined) return page;
    const { pathname, search } = new URL(address);
    return this.follow(await this.visitor.open(pathname + search));
  }

  /** Exchanges the code that the browser was sent back with. */
  async tokens({
    path,
  }: VisitedPage): Promise<oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers> {
    return oidc.authorizationCodeGrant(this.config, new URL(path), this.checks);
  }

  /** Where the form of an authorization request is sent. */
  actionOf({ path }: VisitedPage): string {
    return new URL(path, this.as.origin).pathname;
  }
}
