import { Get, Param, Post, Req, Res } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import type { ApiAnswer, ApiCall } from '../api/page-api.js';
import { PageController } from '../controllers/page-controller.decorator.js';
import { formOf } from '../form-of.js';
import { OwnFieldInputs } from '../rendering/own-field-inputs.js';
import type { PageResponse } from '../rendering/page-view.js';
import { ADMIN_PATH } from './admin-entries.js';
import { AdminPage, idIn } from './admin-page.js';
import { AdminUserView, userPath } from './admin-user-view.js';
import type { SeenUser } from './seen-user.js';
import { changeOf, takesBack } from './user-changes.js';

/** A user, and what administrators do for them. */
@PageController()
export class AdminUserPageController {
  constructor(
    private readonly page: AdminPage,
    private readonly view: AdminUserView,
    private readonly own: OwnFieldInputs,
  ) {}

  @Get('account/admin/users/:id')
  show(
    @Param('id') id: string,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    return this.view.show(request, response, idIn(id));
  }

  @Post('account/admin/users/:id/reset')
  reset(
    @Param('id') id: string,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    return this.act(request, response, id, 'POST', 'password-reset', 'reset');
  }

  @Post('account/admin/users/:id/sessions/end-all')
  endAll(
    @Param('id') id: string,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    return this.act(request, response, id, 'DELETE', 'sessions', 'ended');
  }

  @Post('account/admin/users/:id/sessions/end')
  end(
    @Param('id') id: string,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    const session = idIn(formOf(request)['session']);
    return this.act(request, response, id, 'DELETE', `sessions/${session}`, 'ended');
  }

  @Post('account/admin/users/:id/unlock')
  unlock(
    @Param('id') id: string,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    return this.act(request, response, id, 'POST', 'unlock', 'unlocked');
  }

  @Post('account/admin/users/:id/change')
  change(
    @Param('id') given: string,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    const id = idIn(given);
    const form = formOf(request);
    const own = this.own.valuesOf(form, { by: 'admin', takesBack: takesBack(form) });
    const call = changeOf(id, form, own);
    const refused = (answer: ApiAnswer) => this.view.show(request, response, id, answer);
    return this.page.act(request, response, call, `${userPath(id)}?note=changed`, refused);
  }

  /** Asks once more: it cannot be taken back. */
  @Get('account/admin/users/:id/delete')
  async confirm(
    @Param('id') given: string,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    const path = userPath(idIn(given));
    const found = await this.page.ask(request, response, `admin/users/${idIn(given)}`, path);
    if (typeof found === 'string') return found;
    const t = this.page.wordsFor(request);
    const { email } = found.body as SeenUser;
    const form = { action: `${path}/delete`, fields: [], submit: t('admin.delete'), danger: true };
    const links = [{ href: path, text: t('admin.back') }];
    return this.page.show(request, response, {
      title: t('admin.delete'),
      path: ADMIN_PATH,
      sections: [{ intro: t('admin.delete.intro', { email }), form, links }],
    });
  }

  @Post('account/admin/users/:id/delete')
  delete(
    @Param('id') given: string,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    const id = idIn(given);
    const call = { method: 'DELETE', route: `admin/users/${id}` } as const;
    const refused = (answer: ApiAnswer) => this.view.show(request, response, id, answer);
    return this.page.act(request, response, call, `${ADMIN_PATH}?note=deleted`, refused);
  }

  private act(
    request: HttpRequest,
    response: PageResponse,
    given: string,
    method: ApiCall['method'],
    route: string,
    note: string,
  ): Promise<string> {
    const id = idIn(given);
    const call = { method, route: `admin/users/${id}/${route}` };
    const refused = (answer: ApiAnswer) => this.view.show(request, response, id, answer);
    return this.page.act(request, response, call, `${userPath(id)}?note=${note}`, refused);
  }
}
