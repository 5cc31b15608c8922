import { Get, Post, Req, Res } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import { PasswordsConfig } from '../../config/config.js';
import { type ApiAnswer, PageApi } from '../api/page-api.js';
import { type Form, formOf } from '../form-of.js';
import { PageAccount } from '../page-account.js';
import { KnownFields } from '../rendering/known-fields.js';
import { OwnFieldInputs } from '../rendering/own-field-inputs.js';
import type { FormField, FormPage } from '../rendering/page-form.js';
import { PageView, type PageResponse, type Say } from '../rendering/page-view.js';
import { problemText, withErrors } from '../rendering/problem-text.js';
import { PageController } from './page-controller.decorator.js';

/** What a mailed link's page is for: the words that begin with it, the route of the API, and where it leads. */
interface LinkPurpose {
  readonly path: string;
  readonly words: string;
  readonly route: string;
  /** Where to go on; without, the page says that it is done. */
  readonly then?: string;
  readonly fields: (known: KnownFields, form: Form) => readonly FormField[];
}

const RESET: LinkPurpose = {
  path: '/reset-password',
  words: 'reset',
  route: 'auth/password/reset',
  then: '/account/sign-in?note=reset',
  fields: (known) => [known.newPassword()],
};
const VERIFY: LinkPurpose = {
  path: '/verify-email',
  words: 'verify',
  route: 'auth/email/verify',
  fields: (known) => [known.password()],
};
const CONFIRM_EMAIL: LinkPurpose = {
  path: '/confirm-email',
  words: 'confirm-email',
  route: 'auth/email/confirm',
  fields: (known) => [known.password()],
};
const CONFIRM_REGISTRATION: LinkPurpose = {
  path: '/confirm-registration',
  words: 'confirm-registration',
  route: 'auth/register/confirm',
  then: '/account',
  fields: (known, form) => [known.name(form['name']), known.newPassword('password', 'password')],
};
const ACCEPT_INVITATION: LinkPurpose = {
  path: '/accept-invitation',
  words: 'accept-invitation',
  route: 'auth/invitation/accept',
  then: '/account',
  fields: (known, form) => [known.name(form['name']), known.newPassword('password', 'password')],
};

/** Where a session is as good as the password. */
const PROVED_BY_SESSION: ReadonlySet<LinkPurpose> = new Set([VERIFY, CONFIRM_EMAIL]);
/** Where an account is made. */
const MAKES_ACCOUNT: ReadonlySet<LinkPurpose> = new Set([CONFIRM_REGISTRATION, ACCEPT_INVITATION]);

/**
 * Where mailed links lead. To open one changes nothing, as scanners of mail do: the token is in the fragment, which browsers keep, and
 * is used up by the form alone.
 */
@PageController()
export class MailedLinkPageController {
  constructor(
    private readonly api: PageApi,
    private readonly view: PageView,
    private readonly account: PageAccount,
    private readonly own: OwnFieldInputs,
    private readonly passwords: PasswordsConfig,
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
    const form = formOf(request);
    const { token = '', password = '', name = '', csrf } = form;
    const body = {
      token,
      ...(password !== '' && { password }),
      ...(MAKES_ACCOUNT.has(purpose) && { ...(name !== '' && { name }), ...this.own.valuesOf(form) }),
    };
    const answer = await this.api.send(request, { method: 'POST', route: purpose.route, body, csrf });
    if (answer.problem) return this.page(request, response, purpose, form, answer);
    if (purpose.then !== undefined) return this.view.leadTo(response, purpose.then, answer.cookies);
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
    const isProved = PROVED_BY_SESSION.has(purpose) && (await this.account.find(request)) !== undefined;
    const known = new KnownFields(t, this.passwords.minLength);
    const asked =
      isProved && answer?.problem?.code !== 'CREDENTIALS_NEEDED' ? [] : purpose.fields(known, form);
    const more = MAKES_ACCOUNT.has(purpose) ? this.own.inputs(form) : [];
    const fields = [known.token(form['token']), ...asked, ...more];
    const page: FormPage = {
      title: t(`${purpose.words}.title`),
      intro: introOf(t, purpose, isProved),
      problem: answer && problemText(t, answer, 'problem.password'),
      forms: [
        {
          action: purpose.path,
          fields: answer ? withErrors(t, fields, answer) : fields,
          submit: t(`${purpose.words}.submit`),
        },
      ],
      links:
        purpose === RESET && answer ? [{ href: '/account/forgot-password', text: t('sign-in.forgot') }] : [],
    };
    return this.view.show(request, response, { template: 'form', status: answer?.problem?.status, ...page });
  }
}

function introOf(t: Say, purpose: LinkPurpose, isProved: boolean): string[] {
  if (purpose === RESET) return [];
  if (PROVED_BY_SESSION.has(purpose)) return [t(isProved ? 'verify.intro.signed-in' : 'verify.intro')];
  return [t(`${purpose.words}.intro`)];
}
