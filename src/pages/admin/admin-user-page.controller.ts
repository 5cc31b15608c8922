import { Get, Param, Post, Req, Res } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import type { ApiAnswer, ApiCall } from '../api/page-api.js';
import { PageController } from '../controllers/page-controller.decorator.js';
import { formOf } from '../form-of.js';
import type { PageResponse } from '../rendering/page-view.js';
import { AdminPage, idIn } from './admin-page.js';
import { AdminUserView, userPath } from './admin-user-view.js';

/** A user, and what administrators do for them. */
@PageController()
export class AdminUserPageController {
  constructor(
    private readonly page: AdminPage,
    private readonly view: AdminUserView,
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
