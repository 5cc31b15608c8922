import { Get, Post, Req, Res } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import { PasswordsConfig, RegistrationConfig } from '../../config/config.js';
import { type ApiAnswer, PageApi } from '../api/page-api.js';
import { type Form, formOf } from '../form-of.js';
import { ChallengePage } from '../rendering/challenge-page.js';
import { OwnFieldInputs } from '../rendering/own-field-inputs.js';
import { KnownFields } from '../rendering/known-fields.js';
import { PageView, type PageResponse } from '../rendering/page-view.js';
import { problemText, withErrors } from '../rendering/problem-text.js';
import { PageController } from './page-controller.decorator.js';

/** An account of one's own, in each mode of registration. */
@PageController()
export class RegistrationPageController {
  constructor(
    private readonly api: PageApi,
    private readonly view: PageView,
    private readonly challenges: ChallengePage,
    private readonly own: OwnFieldInputs,
    private readonly passwords: PasswordsConfig,
    private readonly registration: RegistrationConfig,
  ) {}

  @Get('account/register')
  show(@Req() request: HttpRequest, @Res({ passthrough: true }) response: PageResponse): string {
    return this.page(request, response, {});
  }

  @Post('account/register')
  async submit(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    const form = formOf(request);
    const { name = '', email = '', password = '' } = form;
    const body = { email, password, ...(name !== '' && { name }), ...this.own.valuesOf(form) };
    const answer = await this.api.send(request, { method: 'POST', route: 'auth/register', body });
    if (answer.problem)
      return this.challenges.of(request, response, answer) ?? this.page(request, response, form, answer);
    if (answer.status === 201) return this.view.leadTo(response, '/account', answer.cookies);
    const t = this.view.wordsFor(request);
    return this.view.show(request, response, {
      template: 'message',
      title: t('register.sent.title'),
      intro: [t('register.sent', { email })],
    });
  }

  private page(request: HttpRequest, response: PageResponse, form: Form, answer?: ApiAnswer): string {
    const t = this.view.wordsFor(request);
    const links = [{ href: '/account/sign-in', text: t('sign-in.have') }];
    const { mode } = this.registration;
    if (mode === 'closed' || mode === 'invite-only')
      return this.view.show(request, response, {
        template: 'message',
        title: t('register.title'),
        status: 403,
        intro: [t(`register.${mode}`)],
        links,
      });
    const known = new KnownFields(t, this.passwords.minLength);
    const fields = [
      known.name(form['name']),
      known.email(form['email']),
      ...this.own.inputs(form),
      known.newPassword('password', 'password'),
    ];
    return this.view.show(request, response, {
      template: 'form',
      title: t('register.title'),
      status: answer?.problem?.status,
      problem: answer && problemText(t, answer),
      forms: [
        {
          action: '/account/register',
          fields: answer ? withErrors(t, fields, answer) : fields,
          submit: t('register.submit'),
        },
      ],
      links,
    });
  }
}
