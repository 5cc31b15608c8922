import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/test-app.js';

describe('an application without the change of the e-mail address', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await startTestApp({ routes: { except: ['email-change'] } });
  });
  afterAll(() => server.close());

  it('has no route for it', async () => {
    const { body } = await server.api.register();
    const response = await fetch(`${server.url}/api/auth/email/change`, {
      method: 'POST',
      headers: { authorization: `Bearer ${body.accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'new@example.com', password: 'correct horse battery staple' }),
    });
    expect(response.status).toBe(404);
  });

  it('does the rest', async () => {
    const { body } = await server.api.register();
    const response = await fetch(`${server.url}/api/profile`, {
      headers: { authorization: `Bearer ${body.accessToken}` },
    });
    expect(response.status).toBe(200);
  });
});
