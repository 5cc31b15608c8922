import { Get, Post, Req, Res } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import { AuthCookies } from '../../auth/cookies/auth-cookies.js';
import { PasswordsConfig } from '../../config/config.js';
import type { ApiAnswer } from '../api/page-api.js';
import { type Form, formOf, queryOf } from '../form-of.js';
import { PageAccount } from '../page-account.js';
import { PagePaths, withParameter } from '../page-paths.js';
import { KnownFields } from '../rendering/known-fields.js';
import { PageView, type PageResponse, PASSWORD_SET } from '../rendering/page-view.js';
import { problemText, withErrors } from '../rendering/problem-text.js';
import { PageController } from './page-controller.decorator.js';

const PATH = '/account/password';

/** Another password for who knows the one there is. */
@PageController()
export class PasswordPageController {
  constructor(
    private readonly view: PageView,
    private readonly account: PageAccount,
    private readonly cookies: AuthCookies,
    private readonly passwords: PasswordsConfig,
    private readonly paths: PagePaths,
  ) {}

  @Get('account/password')
  show(@Req() request: HttpRequest, @Res({ passthrough: true }) response: PageResponse): string {
    // Nothing of the user is on it; and who has an initial password can ask the API for nothing but another.
    if (this.cookies.read(request, 'access') === undefined)
      return this.account.leadToSignIn(request, response, PATH);
    const query = queryOf(request);
    if (query['note'] !== 'initial' && this.account.mustChoosePassword(request))
      return this.account.leadToPassword(response, '/account');
    return this.page(request, response, query);
  }

  @Post('account/password')
  async change(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    const form = formOf(request);
    const { currentPassword = '', newPassword = '', csrf, note, next } = form;
    const body = { currentPassword, newPassword };
    const call = { method: 'POST', route: 'auth/password/change', body, csrf } as const;
    const here = note === 'initial' ? this.paths.onTheWay(`${PATH}?note=initial`, next) : PATH;
    const answer = await this.account.send(request, response, call, here);
    if (typeof answer === 'string') return answer;
    if (answer.problem) return this.page(request, response, form, answer);
    // The token of an initial password opens nothing but this.
    if (note === 'initial')
      return this.account.renew(response, withParameter(this.paths.next(next), 'note', PASSWORD_SET));
    return this.view.leadTo(response, `${PATH}?note=done`);
  }

  private page(request: HttpRequest, response: PageResponse, form: Form, answer?: ApiAnswer): string {
    const { note } = form;
    const t = this.view.wordsFor(request);
    const known = new KnownFields(t, this.passwords.minLength);
    const fields = [known.password('password.current', 'currentPassword'), known.newPassword('newPassword')];
    return this.view.show(request, response, {
      template: 'form',
      title: t('password.title'),
      status: answer?.problem?.status,
      signedIn: true,
      path: PATH,
      intro: [t(note === 'initial' ? 'password.initial' : 'password.intro')],
      notice: note === 'done' && !answer ? t('password.done') : undefined,
      problem: answer && problemText(t, answer, 'problem.password'),
      forms: [
        {
          action: PATH,
          fields: answer ? withErrors(t, fields, answer) : fields,
          submit: t('password.submit'),
          ...(note === 'initial' && { hidden: { note, next: this.paths.next(form['next']) } }),
        },
      ],
    });
  }
}
