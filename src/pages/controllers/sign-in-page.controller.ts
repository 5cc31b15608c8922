import { Get, Post, Req, Res } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import { AuthCookies } from '../../auth/cookies/auth-cookies.js';
import { RegistrationConfig } from '../../config/config.js';
import { type ApiAnswer, PageApi } from '../api/page-api.js';
import { type Form, formOf, queryOf } from '../form-of.js';
import { PagePaths } from '../page-paths.js';
import { ChallengePage } from '../rendering/challenge-page.js';
import { KnownFields } from '../rendering/known-fields.js';
import { PageView, type PageResponse } from '../rendering/page-view.js';
import { problemText, withErrors } from '../rendering/problem-text.js';
import { PageController } from './page-controller.decorator.js';

/** Signing in. */
@PageController()
export class SignInPageController {
  constructor(
    private readonly api: PageApi,
    private readonly view: PageView,
    private readonly challenges: ChallengePage,
    private readonly paths: PagePaths,
    private readonly cookies: AuthCookies,
    private readonly registration: RegistrationConfig,
  ) {}

  @Get('account/sign-in')
  show(@Req() request: HttpRequest, @Res({ passthrough: true }) response: PageResponse): string {
    return this.page(request, response, queryOf(request));
  }

  @Post('account/sign-in')
  async submit(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    const form = formOf(request);
    const { email = '', password = '' } = form;
    const answer = await this.api.send(request, {
      method: 'POST',
      route: 'auth/login',
      body: { email, password },
    });
    return this.answer(request, response, form, answer);
  }

  @Post('account/sign-in/challenge')
  async complete(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    const form = formOf(request);
    const { challengeToken = '', kind = '', answer = '' } = form;
    const body = { challengeToken, kind, answer };
    const answered = await this.api.send(request, { method: 'POST', route: 'auth/login/challenge', body });
    if (answered.problem?.code === 'LOGIN_CHALLENGE_FAILED')
      return this.challenges.show(request, response, {
        challengeToken,
        kinds: [kind],
        next: form['next'],
        refused: answered,
      });
    return this.answer(request, response, form, answered);
  }

  private answer(request: HttpRequest, response: PageResponse, form: Form, answer: ApiAnswer): string {
    const { problem, cookies } = answer;
    if (!problem) return this.view.leadTo(response, this.paths.next(form['next']), cookies);
    return (
      this.challenges.of(request, response, answer, form['next']) ??
      this.page(request, response, form, answer)
    );
  }

  private page(request: HttpRequest, response: PageResponse, form: Form, answer?: ApiAnswer): string {
    const t = this.view.wordsFor(request);
    const known = new KnownFields(t, 0);
    // A browser that has a passkey offers it there.
    const email = { ...known.email(form['email']), autocomplete: 'username webauthn' };
    const fields = [email, known.password()];
    const next = this.paths.next(form['next']);
    const opens = this.registration.mode === 'open' || this.registration.mode === 'verify-first';
    return this.view.show(request, response, {
      template: 'form',
      title: t('sign-in'),
      status: answer?.problem?.status,
      problem: this.cookies.available ? answer && problemText(t, answer) : t('problem.cookies'),
      notice: form['note'] === 'reset' ? t('reset.done') : undefined,
      restores: answer === undefined,
      next,
      forms: [
        {
          action: '/account/sign-in',
          fields: answer ? withErrors(t, fields, answer) : fields,
          submit: t('sign-in'),
          hidden: { next },
        },
      ],
      links: [
        { href: '/account/forgot-password', text: t('sign-in.forgot') },
        ...(opens
          ? [{ href: this.paths.onTheWay('/account/register', next), text: t('sign-in.register') }]
          : []),
      ],
    });
  }
}
