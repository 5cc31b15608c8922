import { randomUUID } from 'node:crypto';
import { UserAdministrationService } from '../../../src/admin/user-administration.service.js';
import { DatabaseConnection } from '../../../src/database/database.js';
import { roles } from '../../../src/users/users.table.js';
import { PASSWORD } from '../../support/api-client.js';
import type { TestApp } from '../../support/test-app.js';
import { PageVisitor } from '../support/page-visitor.js';

/** An account, signed in on the pages. */
export interface Person {
  readonly id: string;
  readonly email: string;
  readonly visit: PageVisitor;
}

/** Users with roles, as tests of administration need them. */
export class AdminPeople {
  constructor(private readonly server: TestApp) {}

  async user(): Promise<{ id: string; email: string }> {
    return (await this.server.api.register()).body.user;
  }

  async withRole(role: string): Promise<Person> {
    const { id, email } = await this.user();
    await this.server.app.get(UserAdministrationService).grantRole(email, role);
    return this.signedIn(id, email);
  }

  /** Of a new role with these scopes. */
  async withScopes(...scopes: string[]): Promise<Person> {
    const name = `some-${randomUUID().slice(0, 8)}`;
    const { db } = this.server.app.get(DatabaseConnection);
    await db.insert(roles).values({ name, scopes, description: '' });
    return this.withRole(name);
  }

  async signedIn(id: string, email: string): Promise<Person> {
    const visit = new PageVisitor(this.server.url);
    await visit.open('/account/sign-in');
    await visit.submit('/account/sign-in', { email, password: PASSWORD });
    return { id, email, visit };
  }
}
