import { Injectable } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import { TokensConfig } from '../../config/config.js';
import type { Interaction } from '../../oauth/interaction/interactions.js';
import type { ApiAnswer } from '../api/page-api.js';
import { PageAccount } from '../page-account.js';
import { PagePaths } from '../page-paths.js';
import { KnownFields } from '../rendering/known-fields.js';
import { type PageResponse, PageView, type Say } from '../rendering/page-view.js';
import { problemText } from '../rendering/problem-text.js';
import { grantLifetime } from './grant-lifetime.js';
import { scopeText } from './scope-text.js';

/** What people see of an authorization request. */
@Injectable()
export class AuthorizePage {
  constructor(
    private readonly view: PageView,
    private readonly account: PageAccount,
    private readonly paths: PagePaths,
    private readonly tokens: TokensConfig,
  ) {}

  /** Asks for the password, or whether the client may have what it asks for. */
  async ask(
    request: HttpRequest,
    response: PageResponse,
    found: Interaction,
    answer?: ApiAnswer,
  ): Promise<string> {
    const t = this.view.wordsFor(request);
    const email = (await this.account.find(request))?.email ?? '';
    const said = { client: found.client.name, email };
    const lifetime = { locale: this.view.localeOf(request), maxAge: this.tokens.sessionMaxAge };
    return this.view.show(request, response, {
      template: 'authorize',
      status: answer?.problem?.status,
      problem: answer && problemText(t, answer, 'problem.password'),
      action: `/account/authorize/${found.id}`,
      ...(found.step === 'consent'
        ? {
            ...consentOf(t, found, said),
            lasts: grantLifetime(t, { ...lifetime, isOffline: found.isOffline }),
          }
        : passwordOf(t, said)),
    });
  }

  /** Leads the browser here once more, as of this site: with the cookies that it sends to no page another site leads to. */
  again(request: HttpRequest, response: PageResponse, { id, client }: Interaction): string {
    const address = this.paths.origin + this.paths.of(`/account/authorize/${id}`);
    return this.view.leadAway(request, response, address, client.name);
  }

  /** The request was begun by another browser, or too long ago. */
  gone(request: HttpRequest, response: PageResponse): string {
    const t = this.view.wordsFor(request);
    return this.view.show(request, response, {
      template: 'message',
      title: t('authorize.gone.title'),
      status: 410,
      intro: [t('authorize.gone')],
      links: [{ href: '/account', text: t('nav') }],
    });
  }
}

/** Whose names are in the sentences. */
type Said = Readonly<Record<'client' | 'email', string>>;

function consentOf(t: Say, { scopes, redirectUri, resource }: Interaction, said: Said) {
  return {
    title: t('authorize.title', said),
    intro: t('authorize.intro', said),
    scopes: scopes.map((scope) => scopeText(t, scope)),
    ...(resource !== undefined && { resource: t('authorize.resource', { ...said, resource }) }),
    leads: t('authorize.leads', { host: targetOf(redirectUri) }),
    fields: [],
    answer: 'allow',
    submit: t('authorize.allow'),
  };
}

function passwordOf(t: Say, said: Said) {
  return {
    title: t('authorize.password.title'),
    intro: t('authorize.password', said),
    scopes: [],
    fields: [new KnownFields(t, 0).password()],
    answer: 'password',
    submit: t('continue'),
  };
}

/** The host; of a scheme of an application's own, that. */
function targetOf(uri: string): string {
  const { host, protocol } = new URL(uri);
  return host === '' ? protocol : host;
}
