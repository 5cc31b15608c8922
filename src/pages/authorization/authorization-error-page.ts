import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { HttpRequest, HttpResponse } from '../../common/client-info.js';
import { ErrorPages, type ShownError } from '../../oauth/provider/error-pages.js';
import { PageView } from '../rendering/page-view.js';

/** Words of errors, by their codes. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['invalid_client', 'authorize.error.client'],
  ['invalid_redirect_uri', 'authorize.error.redirect'],
  ['server_error', 'problem.INTERNAL'],
  ['temporarily_unavailable', 'problem.UNAVAILABLE'],
]);

/** What a person sees whom a client has led here with something that cannot be answered. */
@Injectable()
export class AuthorizationErrorPage implements OnModuleInit {
  constructor(
    private readonly errors: ErrorPages,
    private readonly view: PageView,
  ) {}

  onModuleInit(): void {
    this.errors.drawBy((request, response, error) => this.show(request, response, error));
  }

  private show(request: HttpRequest, response: HttpResponse, { code, status, isOver }: ShownError): string {
    const t = this.view.wordsFor(request);
    const words = isOver ? 'authorize.gone' : (WORDS.get(code) ?? 'authorize.error');
    return this.view.show(request, response, {
      template: 'message',
      title: t(isOver ? 'authorize.gone.title' : 'problem.title'),
      status,
      intro: [t(words), t('authorize.error.code', { code })],
      links: [{ href: '/account', text: t('nav') }],
    });
  }
}
