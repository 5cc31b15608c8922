import { Get, Post, Req, Res } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import type { ApiAnswer, ApiCall } from '../api/page-api.js';
import { type Form, formOf, queryOf } from '../form-of.js';
import { PageAccount, type PageUser } from '../page-account.js';
import { KnownFields } from '../rendering/known-fields.js';
import { OwnFieldInputs } from '../rendering/own-field-inputs.js';
import { PageView, type PageResponse } from '../rendering/page-view.js';
import { problemText, withErrors } from '../rendering/problem-text.js';
import { PageController } from './page-controller.decorator.js';

const PATH = '/account';

/** What was done before the page was asked for anew. */
const NOTES: Readonly<Record<string, string>> = {
  saved: 'profile.done',
  sent: 'profile.email.sent',
  resent: 'profile.resent',
};

/** Which form was refused, and with what in it. */
interface Refused {
  readonly form: Form;
  readonly answer: ApiAnswer;
  readonly of: 'profile' | 'email';
}

/** Name, a team's own fields, and the address. */
@PageController()
export class ProfilePageController {
  constructor(
    private readonly view: PageView,
    private readonly account: PageAccount,
    private readonly own: OwnFieldInputs,
  ) {}

  @Get('account')
  show(@Req() request: HttpRequest, @Res({ passthrough: true }) response: PageResponse): Promise<string> {
    return this.page(request, response);
  }

  @Post('account/profile')
  save(@Req() request: HttpRequest, @Res({ passthrough: true }) response: PageResponse): Promise<string> {
    const form = formOf(request);
    const { name = '', csrf } = form;
    const body = { name: name === '' ? null : name, ...this.own.valuesOf(form, { takesBack: () => true }) };
    return this.submit(
      request,
      response,
      { method: 'PATCH', route: 'profile', body, csrf },
      'profile',
      'saved',
    );
  }

  @Post('account/email')
  changeAddress(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    const { email = '', password = '', csrf } = formOf(request);
    const call = { method: 'POST', route: 'auth/email/change', body: { email, password }, csrf } as const;
    return this.submit(request, response, call, 'email', 'sent');
  }

  @Post('account/email/resend')
  resend(@Req() request: HttpRequest, @Res({ passthrough: true }) response: PageResponse): Promise<string> {
    const { csrf } = formOf(request);
    return this.submit(
      request,
      response,
      { method: 'POST', route: 'auth/email/resend', csrf },
      'email',
      'resent',
    );
  }

  private async submit(
    request: HttpRequest,
    response: PageResponse,
    call: ApiCall,
    of: Refused['of'],
    note: string,
  ): Promise<string> {
    const answer = await this.account.send(request, response, call, PATH);
    if (typeof answer === 'string') return answer;
    if (answer.problem) return this.page(request, response, { form: formOf(request), answer, of });
    return this.view.leadTo(response, `${PATH}?note=${note}`);
  }

  private async page(request: HttpRequest, response: PageResponse, refused?: Refused): Promise<string> {
    const found = await this.account.send(request, response, { method: 'GET', route: 'profile' }, PATH);
    if (typeof found === 'string') return found;
    if (found.problem) return this.account.refuse(request, response, found);
    const user = found.body as PageUser;
    const t = this.view.wordsFor(request);
    const note = NOTES[queryOf(request)['note'] ?? ''];
    return this.view.show(request, response, {
      template: 'form',
      title: t('profile.title'),
      status: refused?.answer.problem?.status,
      signedIn: true,
      path: PATH,
      notice: note !== undefined && !refused ? t(note) : undefined,
      problem: refused && problemText(t, refused.answer, 'problem.password'),
      intro: user.roles.length > 0 ? [t('profile.roles', { roles: user.roles.join(', ') })] : [],
      forms: this.formsOf(request, user, refused),
    });
  }

  private formsOf(request: HttpRequest, user: PageUser, refused?: Refused): object[] {
    const t = this.view.wordsFor(request);
    const known = new KnownFields(t, 0);
    const values = refused?.of === 'profile' ? refused.form : user;
    const profile = [known.name(values['name'] ?? ''), ...this.own.inputs(values)];
    const typed = refused?.of === 'email' ? refused.form['email'] : undefined;
    const email = [{ ...known.email(typed, 'profile.email.new'), autocomplete: 'email' }, known.password()];
    const errors = (of: Refused['of'], fields: typeof profile) =>
      refused?.of === of ? withErrors(t, fields, refused.answer) : fields;
    const is = user.emailVerified ? 'profile.email.verified' : 'profile.email.unverified';
    return [
      { action: '/account/profile', fields: errors('profile', profile), submit: t('profile.submit') },
      ...(user.emailVerified
        ? []
        : [
            {
              action: '/account/email/resend',
              heading: t('verify.title'),
              fields: [],
              submit: t('profile.resend'),
            },
          ]),
      {
        action: '/account/email',
        heading: t('profile.email'),
        intro: t(is, { email: user.email }),
        fields: errors('email', email),
        submit: t('profile.email.submit'),
      },
    ];
  }
}
