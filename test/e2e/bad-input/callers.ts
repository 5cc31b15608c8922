import { UserAdministrationService } from '../../../src/admin/user-administration.service.js';
import type { RequestOptions } from '../../support/api-client.js';
import type { TestApp } from '../../support/test-app.js';

export const ROLES = ['anonymous', 'user', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** An account a role. What they send at random may end its session, change its password or delete it: then another follows. */
export class Callers {
  private readonly tokens = new Map<Role, string>();

  constructor(private readonly server: TestApp) {}

  /** Sends a request as the role, with its token if it has one. */
  async request<Body>(role: Role, method: string, path: string, options: RequestOptions = {}) {
    const token = await this.tokenOf(role);
    const answer = await this.server.api.request<Body>(method, path, { ...options, token });
    if (answer.body.code?.startsWith('TOKEN_')) this.tokens.delete(role);
    return answer;
  }

  private async tokenOf(role: Role): Promise<string | undefined> {
    if (role === 'anonymous') return undefined;
    const token = this.tokens.get(role) ?? (await this.newAccount(role));
    this.tokens.set(role, token);
    return token;
  }

  private async newAccount(role: Role): Promise<string> {
    const { user, accessToken } = (await this.server.api.register()).body;
    if (role !== 'admin') return accessToken;
    await this.server.app.get(UserAdministrationService).grantRole(user.email, 'admin');
    return (await this.server.api.login(user.email)).body.accessToken;
  }
}
