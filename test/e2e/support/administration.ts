import { randomUUID } from 'node:crypto';
import { UserAdministrationService } from '../../../src/admin/user-administration.service.js';
import { DatabaseConnection } from '../../../src/database/database.js';
import { roles } from '../../../src/users/users.table.js';
import type { SignedIn, User } from '../../support/api-client.js';
import type { TestApp } from '../../support/test-app.js';

/** As administrators see one. */
export interface SeenUser extends User {
  disabled: boolean;
  lastLoginAt: string | null;
  updatedAt: string;
}

/** What administrators do over HTTP. */
export class Administration {
  private constructor(
    readonly server: TestApp,
    /** Has the role `admin`. */
    readonly admin: SignedIn,
  ) {}

  static async of(server: TestApp): Promise<Administration> {
    return new Administration(server, await withRole(server, 'admin'));
  }

  /** A user who has the role. */
  withRole(role: string): Promise<SignedIn> {
    return withRole(this.server, role);
  }

  /** A role of its own, as the database has it. @returns its name */
  async newRole(scopes: readonly string[]): Promise<string> {
    const name = `role-${randomUUID().slice(0, 8)}`;
    const { db } = this.server.app.get(DatabaseConnection);
    await db.insert(roles).values({ name, scopes: [...scopes], description: '' });
    return name;
  }

  /** A user who has these scopes. */
  async withScopes(...scopes: string[]): Promise<SignedIn> {
    return this.withRole(await this.newRole(scopes));
  }

  async user(fields: Record<string, unknown> = {}): Promise<SignedIn> {
    return (await this.server.api.register(fields)).body;
  }

  see(id: string) {
    return this.server.api.get<SeenUser>(`/api/admin/users/${id}`, { token: this.admin.accessToken });
  }

  async version(id: string): Promise<string> {
    return (await this.see(id)).headers.get('etag') ?? '';
  }

  /** @param version of before; that of now where none is given; null: none is sent */
  async change(id: string, json: unknown, by: SignedIn = this.admin, version?: string | null) {
    const tag = version === undefined ? await this.version(id) : version;
    return this.server.api.request<SeenUser>('PATCH', `/api/admin/users/${id}`, {
      token: by.accessToken,
      json,
      headers: tag === null ? {} : { 'If-Match': tag },
    });
  }

  ask(method: string, path: string, by: SignedIn = this.admin, json?: unknown) {
    return this.server.api.request<Record<string, unknown>>(method, path, {
      token: by.accessToken,
      ...(json !== undefined && { json }),
    });
  }

  /** What the audit log says of a user, or of no one, the last first. */
  async events(query: Record<string, string>) {
    const { body } = await this.server.api.get<{ events: AuditEvent[] }>(
      `/api/admin/audit?${String(new URLSearchParams({ limit: '50', ...query }))}`,
      { token: this.admin.accessToken },
    );
    return body.events;
  }
}

interface AuditEvent {
  type: string;
  actor: { kind: string; id: string | null };
  subject: string | null;
  sessionId: string | null;
  details: Record<string, unknown>;
}

async function withRole(server: TestApp, role: string): Promise<SignedIn> {
  const { email } = (await server.api.register()).body.user;
  await server.app.get(UserAdministrationService).grantRole(email, role);
  return (await server.api.login(email)).body;
}
