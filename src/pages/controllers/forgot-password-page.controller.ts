import { Get, Post, Req, Res } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import { type ApiAnswer, PageApi } from '../api/page-api.js';
import { type Form, formOf } from '../form-of.js';
import { KnownFields } from '../rendering/known-fields.js';
import { PageView, type PageResponse } from '../rendering/page-view.js';
import { problemText, withErrors } from '../rendering/problem-text.js';
import { PageController } from './page-controller.decorator.js';

/** A link to set a new password, for an address that may have an account: the page says no more than the API does. */
@PageController()
export class ForgotPasswordPageController {
  constructor(
    private readonly api: PageApi,
    private readonly view: PageView,
  ) {}

  @Get('account/forgot-password')
  show(@Req() request: HttpRequest, @Res({ passthrough: true }) response: PageResponse): string {
    return this.page(request, response, {});
  }

  @Post('account/forgot-password')
  async submit(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    const form = formOf(request);
    const { email = '' } = form;
    const answer = await this.api.send(request, {
      method: 'POST',
      route: 'auth/password/forgot',
      body: { email },
    });
    if (answer.problem) return this.page(request, response, form, answer);
    const t = this.view.wordsFor(request);
    return this.view.show(request, response, {
      template: 'message',
      title: t('forgot.sent.title'),
      intro: [t('forgot.sent', { email })],
    });
  }

  private page(request: HttpRequest, response: PageResponse, form: Form, answer?: ApiAnswer): string {
    const t = this.view.wordsFor(request);
    const fields = [new KnownFields(t, 0).email(form['email'])];
    return this.view.show(request, response, {
      template: 'form',
      title: t('forgot.title'),
      status: answer?.problem?.status,
      intro: [t('forgot.intro')],
      problem: answer && problemText(t, answer),
      forms: [
        {
          action: '/account/forgot-password',
          fields: answer ? withErrors(t, fields, answer) : fields,
          submit: t('forgot.submit'),
        },
      ],
      links: [{ href: '/account/sign-in', text: t('sign-in') }],
    });
  }
}
