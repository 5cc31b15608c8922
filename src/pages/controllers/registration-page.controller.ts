import { Get, Post, Req, Res } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import { RegistrationConfig } from '../../config/config.js';
import { type ApiAnswer, PageApi } from '../api/page-api.js';
import { type Form, formOf, queryOf } from '../form-of.js';
import { PagePaths } from '../page-paths.js';
import { ChallengePage } from '../rendering/challenge-page.js';
import { PageView, type PageResponse } from '../rendering/page-view.js';
import { problemText, withErrors } from '../rendering/problem-text.js';
import { PageController } from './page-controller.decorator.js';
import { RegistrationFields } from './registration-fields.js';

/** An account of one's own, in each mode of registration. */
@PageController()
export class RegistrationPageController {
  constructor(
    private readonly api: PageApi,
    private readonly view: PageView,
    private readonly challenges: ChallengePage,
    private readonly fields: RegistrationFields,
    private readonly registration: RegistrationConfig,
    private readonly paths: PagePaths,
  ) {}

  @Get('account/register')
  show(@Req() request: HttpRequest, @Res({ passthrough: true }) response: PageResponse): string {
    return this.page(request, response, queryOf(request));
  }

  @Post('account/register')
  async submit(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    const form = formOf(request);
    const { email = '' } = form;
    const body = this.fields.valuesOf(form);
    const answer = await this.api.send(request, { method: 'POST', route: 'auth/register', body });
    if (answer.problem)
      return (
        this.challenges.of(request, response, answer, form['next']) ??
        this.page(request, response, form, answer)
      );
    if (answer.status === 201)
      return this.view.leadTo(response, this.paths.next(form['next']), answer.cookies);
    const t = this.view.wordsFor(request);
    return this.view.show(request, response, {
      template: 'message',
      title: t('register.sent.title'),
      intro: [t('register.sent', { email })],
    });
  }

  private page(request: HttpRequest, response: PageResponse, form: Form, answer?: ApiAnswer): string {
    const t = this.view.wordsFor(request);
    const next = this.paths.next(form['next']);
    const links = [{ href: this.paths.onTheWay('/account/sign-in', next), text: t('sign-in.have') }];
    const { mode } = this.registration;
    if (mode === 'closed' || mode === 'invite-only')
      return this.view.show(request, response, {
        template: 'message',
        title: t('register.title'),
        status: 403,
        intro: [t(`register.${mode}`)],
        links,
      });
    const fields = this.fields.inputs(t, form);
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
          hidden: { next },
        },
      ],
      links,
    });
  }
}
