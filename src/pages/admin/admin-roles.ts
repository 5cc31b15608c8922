import { Injectable } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import type { Role } from '../../users/role.js';
import { PageAccount } from '../page-account.js';
import type { PageResponse } from '../rendering/page-view.js';
import { AdminPage } from './admin-page.js';

/** The roles that there are, to choose from. */
@Injectable()
export class AdminRoles {
  constructor(
    private readonly page: AdminPage,
    private readonly account: PageAccount,
  ) {}

  /**
   * @param next the page to come back to after a sign-in
   * @returns undefined if the viewer may not list them, or they cannot be listed; a text is the page to answer with instead
   */
  async list(
    request: HttpRequest,
    response: PageResponse,
    next: string,
  ): Promise<readonly Role[] | string | undefined> {
    if (!this.page.viewerOf(request).scopes.includes('roles:read')) return undefined;
    const call = { method: 'GET', route: 'admin/roles' } as const;
    const answer = await this.account.send(request, response, call, next);
    if (typeof answer === 'string') return answer;
    return answer.problem ? undefined : (answer.body as Role[]);
  }
}
