import { Get, Post, Req, Res } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import { RegistrationConfig } from '../../config/config.js';
import { type ApiAnswer, PageApi } from '../api/page-api.js';
import { type Form, formOf } from '../form-of.js';
import { PageAccount } from '../page-account.js';
import { ChallengePage } from '../rendering/challenge-page.js';
import type { FormModel } from '../rendering/page-form.js';
import { PageView, type PageResponse } from '../rendering/page-view.js';
import { problemText, withErrors } from '../rendering/problem-text.js';
import { LinkFields } from './link-fields.js';
import {
  ACCEPT_INVITATION,
  CONFIRM_EMAIL,
  CONFIRM_REGISTRATION,
  introOf,
  isClosed,
  type LinkPurpose,
  PROVED_BY_SESSION,
  RESET,
  VERIFY,
} from './link-purposes.js';
import { answerTo, tokenIn } from './pasted-token.js';
import { PageController } from './page-controller.decorator.js';

/**
 * Where mailed links lead. To open one changes nothing, as scanners of mail do: the token is in the fragment, which browsers keep, and
 * is used up by the form alone.
 */
@PageController()
export class MailedLinkPageController {
  constructor(
    private readonly api: PageApi,
    private readonly view: PageView,
    private readonly challenges: ChallengePage,
    private readonly account: PageAccount,
    private readonly fields: LinkFields,
    private readonly registration: RegistrationConfig,
  ) {}

  @Get('reset-password')
  showReset(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    return this.page(request, response, RESET, {});
  }

  @Post('reset-password')
  reset(@Req() request: HttpRequest, @Res({ passthrough: true }) response: PageResponse): Promise<string> {
    return this.submit(request, response, RESET);
  }

  @Get('verify-email')
  showVerify(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    return this.page(request, response, VERIFY, {});
  }

  @Post('verify-email')
  verify(@Req() request: HttpRequest, @Res({ passthrough: true }) response: PageResponse): Promise<string> {
    return this.submit(request, response, VERIFY);
  }

  @Get('confirm-email')
  showConfirmEmail(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    return this.page(request, response, CONFIRM_EMAIL, {});
  }

  @Post('confirm-email')
  confirmEmail(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    return this.submit(request, response, CONFIRM_EMAIL);
  }

  @Get('confirm-registration')
  showConfirm(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    return this.page(request, response, CONFIRM_REGISTRATION, {});
  }

  @Post('confirm-registration')
  confirm(@Req() request: HttpRequest, @Res({ passthrough: true }) response: PageResponse): Promise<string> {
    return this.submit(request, response, CONFIRM_REGISTRATION);
  }

  @Get('accept-invitation')
  showAccept(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    return this.page(request, response, ACCEPT_INVITATION, {});
  }

  @Post('accept-invitation')
  accept(@Req() request: HttpRequest, @Res({ passthrough: true }) response: PageResponse): Promise<string> {
    return this.submit(request, response, ACCEPT_INVITATION);
  }

  private async submit(request: HttpRequest, response: PageResponse, purpose: LinkPurpose): Promise<string> {
    const sent = formOf(request);
    const token = tokenIn(sent['token'] ?? '');
    const form = { ...sent, token };
    const { csrf } = sent;
    const body = this.fields.valuesOf(purpose, form);
    const call = { method: 'POST', route: purpose.route, body, csrf } as const;
    const answer = answerTo(token, await this.api.send(request, call));
    if (answer.problem)
      return (
        this.challenges.of(request, response, answer) ?? this.page(request, response, purpose, form, answer)
      );
    if (purpose.leadsTo !== undefined) return this.view.leadTo(response, purpose.leadsTo, answer.cookies);
    return this.done(request, response, purpose);
  }

  private done(request: HttpRequest, response: PageResponse, { words }: LinkPurpose): string {
    const t = this.view.wordsFor(request);
    const links = [{ href: '/account', text: t('continue') }];
    return this.view.show(request, response, {
      template: 'message',
      title: t(`${words}.title`),
      notice: t(`${words}.done`),
      links,
    });
  }

  private async page(
    request: HttpRequest,
    response: PageResponse,
    purpose: LinkPurpose,
    form: Form,
    answer?: ApiAnswer,
  ): Promise<string> {
    const t = this.view.wordsFor(request);
    if (isClosed(purpose, this.registration))
      return this.view.show(request, response, {
        template: 'message',
        title: t(`${purpose.words}.title`),
        status: 403,
        intro: [t('problem.REGISTRATION_CLOSED')],
        links: [{ href: '/account/sign-in', text: t('sign-in.have') }],
      });
    const isProved = PROVED_BY_SESSION.has(purpose) && (await this.account.find(request)) !== undefined;
    const needsPassword = !isProved || answer?.problem?.code === 'CREDENTIALS_NEEDED';
    const fields = this.fields.inputs(t, purpose, form, needsPassword);
    const sent: FormModel = {
      action: purpose.path,
      fields: answer ? withErrors(t, fields, answer) : fields,
      submit: t(`${purpose.words}.submit`),
    };
    return this.view.show(request, response, {
      template: 'form',
      title: t(`${purpose.words}.title`),
      status: answer?.problem?.status,
      intro: introOf(t, purpose, isProved),
      problem: answer && problemText(t, answer, 'problem.password'),
      forms: [sent],
      links:
        purpose === RESET && answer ? [{ href: '/account/forgot-password', text: t('sign-in.forgot') }] : [],
    });
  }
}
