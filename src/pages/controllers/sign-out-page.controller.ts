import { Post, Req, Res } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import { formOf } from '../form-of.js';
import { PageAccount } from '../page-account.js';
import { type PageResponse, PageView } from '../rendering/page-view.js';
import { PageController } from './page-controller.decorator.js';

@PageController()
export class SignOutPageController {
  constructor(
    private readonly view: PageView,
    private readonly account: PageAccount,
  ) {}

  @Post('account/sign-out')
  async signOut(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    const call = { method: 'POST', route: 'auth/logout', csrf: formOf(request)['csrf'] } as const;
    const answer = await this.account.send(request, response, call, '/account');
    if (typeof answer === 'string') return answer;
    return this.view.leadTo(response, answer.problem ? '/account' : '/account/sign-in', answer.cookies);
  }
}
