import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UserAdministrationService } from '../../../src/admin/user-administration.service.js';
import { PasswordHasher, type PasswordVerification } from '../../../src/auth/passwords/password-hasher.js';
import { PASSWORD, uniqueEmail } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';

/** Verifies as ever, then waits at the gate: what happens meanwhile happens between check and act. */
class GatedHasher extends PasswordHasher {
  private gate: Promise<void> | undefined;
  private arrived: () => void = () => undefined;

  /** The next verification that succeeds waits until `open` is called. */
  close(): { reached: Promise<void>; open: () => void } {
    let open: () => void = () => undefined;
    this.gate = new Promise((resolve) => (open = resolve));
    const reached = new Promise<void>((resolve) => (this.arrived = resolve));
    return { reached, open };
  }

  hash(password: string): Promise<string> {
    return Promise.resolve(`plain:${password}`);
  }

  async verify(password: string, hash: string | null): Promise<PasswordVerification> {
    const gate = this.gate;
    this.gate = undefined;
    if (gate) {
      this.arrived();
      await gate;
    }
    return { matches: hash === `plain:${password}`, outdated: false };
  }
}

describe('a login that overlaps', () => {
  let server: TestApp;
  const hasher = new GatedHasher();

  beforeAll(async () => {
    server = await startTestApp({
      providers: [{ provide: PasswordHasher, useValue: hasher }],
    });
  });

  afterAll(async () => {
    await server.close();
  });

  it('a change of the password opens no session with the old one', async () => {
    const email = uniqueEmail();
    const { accessToken } = (await server.api.register({ email })).body;
    const { reached, open } = hasher.close();
    const login = server.api.login(email);
    await reached;
    const json = { currentPassword: PASSWORD, newPassword: 'purple monkey dishwasher' };
    expect((await server.api.post('/api/auth/password/change', json, { token: accessToken })).status).toBe(
      204,
    );
    open();
    expect((await login).body.code).toBe('INVALID_CREDENTIALS');
    const sessions = await server.api.get<object[]>('/api/auth/sessions', { token: accessToken });
    expect(sessions.body).toHaveLength(1);
  });

  it('the disabling of the account opens no session', async () => {
    const email = uniqueEmail();
    await server.api.register({ email });
    const { reached, open } = hasher.close();
    const login = server.api.login(email);
    await reached;
    await server.app.get(UserAdministrationService).disable(email);
    open();
    expect((await login).body.code).toBe('INVALID_CREDENTIALS');
  });
});
