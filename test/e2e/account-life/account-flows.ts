import { PASSWORD, type SignedIn } from '../../support/api-client.js';
import { CapturedMails } from '../../support/captured-mails.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import type { TestEnvironment } from '../../support/test-config.js';

export const NEW_PASSWORD = 'purple monkey dishwasher tuesday';

type Bearer = Pick<SignedIn, 'accessToken'>;

/** A server whose mails are kept, and the requests of an account's life. */
export class AccountFlows {
  private constructor(
    readonly server: TestApp,
    readonly mails: CapturedMails,
  ) {}

  static async start(environment: TestEnvironment): Promise<AccountFlows> {
    const mails = new CapturedMails();
    return new AccountFlows(await startTestApp({ environment, providers: [mails.provider] }), mails);
  }

  async register(fields: Record<string, unknown> = {}): Promise<SignedIn> {
    return (await this.server.api.register(fields)).body;
  }

  forgot(email: string, headers: Record<string, string> = {}) {
    return this.server.api.post('/api/auth/password/forgot', { email }, { headers });
  }

  reset(token: string, password = NEW_PASSWORD) {
    return this.server.api.post('/api/auth/password/reset', { token, password });
  }

  changePassword({ accessToken: token }: Bearer, newPassword = NEW_PASSWORD, currentPassword = PASSWORD) {
    return this.server.api.post('/api/auth/password/change', { currentPassword, newPassword }, { token });
  }

  verifyEmail(token: string, password: string | undefined = PASSWORD) {
    return this.server.api.post('/api/auth/email/verify', { token, password });
  }

  changeEmail({ accessToken: token }: Bearer, email: string, password = PASSWORD) {
    return this.server.api.post('/api/auth/email/change', { email, password }, { token });
  }

  confirmEmail(token: string, password: string | undefined = PASSWORD) {
    return this.server.api.post('/api/auth/email/confirm', { token, password });
  }

  deleteAccount({ accessToken: token }: Bearer, password = PASSWORD) {
    return this.server.api.request('DELETE', '/api/profile', { token, json: { password } });
  }

  close(): Promise<void> {
    return this.server.close();
  }
}

/** In order, to compare what many at once were answered. */
export function statusesOf(answers: readonly { readonly status: number }[]): number[] {
  return answers.map(({ status }) => status).toSorted((a, b) => a - b);
}
