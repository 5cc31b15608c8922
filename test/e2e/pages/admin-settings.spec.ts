import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PASSWORD } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { PageVisitor } from '../support/page-visitor.js';

const KEYS = '/account/admin/keys';
const INVITATIONS = '/account/admin/invitations';

describe('The pages of administration, where accounts are closed and no key is in the database', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await startTestApp({
      environment: {
        REGISTRATION: 'closed',
        SIGNING_ALG: 'HS256',
        JWT_SECRET: randomBytes(32).toString('base64'),
      },
    });
    const { email = '', password = '' } = server.initialAdmin ?? {};
    const visit = new PageVisitor(server.url);
    await visit.open('/account/sign-in');
    await visit.submit('/account/sign-in', { email, password });
    await visit.submit('/account/password', { currentPassword: password, newPassword: PASSWORD });
  });
  afterAll(async () => server.close());

  async function administrator(language: string): Promise<PageVisitor> {
    const visit = new PageVisitor(server.url, { 'Accept-Language': language });
    await visit.open('/account/sign-in');
    await visit.submit('/account/sign-in', { email: server.initialAdmin?.email ?? '', password: PASSWORD });
    return visit;
  }

  it.each([
    ['en', 'No signing key is kept in the database here'],
    ['de', 'Hier liegt kein Signaturschlüssel in der Datenbank'],
  ])('say that keys are replaced elsewhere, and offer no rotation (%s)', async (language, sentence) => {
    const visit = await administrator(language);
    const page = await visit.open(KEYS);
    expect([page.status, page.html.includes(sentence)]).toEqual([200, true]);
    expect(page.html).not.toContain(`${KEYS}/rotate`);
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
    const rotated = await visit.send(`${KEYS}/rotate`, { csrf });
    expect(rotated.html).toContain(sentence);
  });

  it.each([
    ['en', 'People cannot be invited', 'No new accounts are made here.'],
    ['de', 'Darum kann niemand eingeladen werden', 'Hier werden keine neuen Konten angelegt.'],
  ])('say that no one is invited, and offer no form for it (%s)', async (language, sentence, refusal) => {
    const visit = await administrator(language);
    const page = await visit.open(INVITATIONS);
    expect([page.status, page.html.includes(sentence)]).toEqual([200, true]);
    expect(page.html).not.toContain('name="email"');
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
    const refused = await visit.send(INVITATIONS, { csrf, email: 'ada@example.com' });
    expect([refused.status, refused.html.includes(refusal)]).toEqual([403, true]);
  });

  it.each(['/accept-invitation', '/confirm-registration'])(
    'say at once that the link leads to no account: %s',
    async (path) => {
      const page = await new PageVisitor(server.url).open(path);
      expect([page.status, page.html.includes('No new accounts are made here.')]).toEqual([403, true]);
      expect(page.html).not.toContain('<form');
    },
  );
});
