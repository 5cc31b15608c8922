import type { LatchkeyComposition } from '../../../src/composition/latchkey-options.js';
import { UserAdministrationService } from '../../../src/admin/user-administration.service.js';
import { UserFields } from '../../../src/users/fields/user-fields.js';
import { CapturedMails } from '../../support/captured-mails.js';
import {
  type ApiResponse,
  PASSWORD,
  type Problem,
  type SignedIn,
  uniqueEmail,
  type User,
} from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import type { TestEnvironment } from '../../support/test-config.js';
import { newStaffNumber, StaffFields } from './staff-fields.js';

/** A user with the team's fields, as answers have them. */
export type StaffUser = User & { [Name in keyof StaffFields]-?: StaffFields[Name] | null };
export type SignedInStaff = SignedIn & { user: StaffUser };

/** A server of a team with fields of its own. */
export class StaffServer {
  private constructor(
    readonly server: TestApp,
    readonly mails: CapturedMails,
  ) {}

  static async start(
    environment: TestEnvironment,
    composition: LatchkeyComposition = {},
  ): Promise<StaffServer> {
    const mails = new CapturedMails();
    const server = await startTestApp({
      environment: { MAIL_MIN_INTERVAL: '0s', ...environment },
      fields: UserFields.of(StaffFields),
      ...composition,
      providers: [mails.provider, ...(composition.providers ?? [])],
    });
    return new StaffServer(server, mails);
  }

  get api() {
    return this.server.api;
  }

  register(fields: Record<string, unknown> = {}): Promise<ApiResponse<SignedInStaff & Problem>> {
    const staffNumber = newStaffNumber();
    return this.api.post('/api/auth/register', {
      email: uniqueEmail(),
      password: PASSWORD,
      staffNumber,
      ...fields,
    });
  }

  login({ user: { email } }: SignedInStaff): Promise<ApiResponse<SignedInStaff & Problem>> {
    return this.api.post('/api/auth/login', { email, password: PASSWORD });
  }

  async user(fields: Record<string, unknown> = {}): Promise<SignedInStaff> {
    return (await this.register(fields)).body;
  }

  async admin(): Promise<SignedInStaff> {
    const account = await this.user();
    await this.server.app.get(UserAdministrationService).grantRole(account.user.email, 'admin');
    return (await this.login(account)).body;
  }

  /** As an administrator. */
  fields(
    admin: SignedInStaff,
    id: string,
    json?: unknown,
  ): Promise<ApiResponse<Partial<StaffUser> & Problem>> {
    const token = admin.accessToken;
    return this.api.request(json === undefined ? 'GET' : 'PATCH', `/api/admin/users/${id}/fields`, {
      token,
      json,
    });
  }

  profile({ accessToken: token }: { accessToken: string }): Promise<ApiResponse<StaffUser & Problem>> {
    return this.api.get<StaffUser>('/api/profile', { token });
  }

  change(
    { accessToken: token }: { accessToken: string },
    json: unknown,
  ): Promise<ApiResponse<StaffUser & Problem>> {
    return this.api.request<StaffUser>('PATCH', '/api/profile', { token, json });
  }

  close(): Promise<void> {
    return this.server.close();
  }
}
