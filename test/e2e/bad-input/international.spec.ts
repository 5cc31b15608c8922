import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PASSWORD, type SignedIn, uniqueEmail } from '../../support/api-client.js';
import { MailServer } from '../../support/mail-server.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { expectProblem } from '../support/problems.js';

const REFUSED_TEXT = 'must hold no characters that cannot be seen or that turn the direction of text';

const FROM = { MAIL_FROM: 'Acme <no-reply@acme.example>' };

let mails: MailServer;
let server: TestApp;
let count = 0;

beforeAll(async () => {
  mails = await MailServer.start();
  server = await startTestApp({ environment: { MAIL_URL: mails.url, ...FROM } });
});
afterAll(async () => {
  await server.close();
  await mails.stop();
});

const register = (body: object) =>
  server.api.post<SignedIn>('/api/auth/register', { email: uniqueEmail(), password: PASSWORD, ...body });
const login = (email: string, password = PASSWORD) =>
  server.api.post<SignedIn>('/api/auth/login', { email, password });
const unique = (local: string, domain: string) => `${local}${(count += 1)}@${domain}`;

/** The envelope's recipient of the only mail since, but for those of accounts whose address does not matter. */
async function mailedAfter(request: () => Promise<unknown>): Promise<string> {
  let next = mails.received.length;
  await request();
  for (;;) {
    next += 1;
    const recipient = (await mails.holds(next))[next - 1]?.envelope.to[0] ?? '';
    if (!/^user-[\w-]+@example\.com$/.test(recipient)) return recipient;
  }
}

describe('a password', () => {
  const composed = 'pässwörd mañana größe'.normalize('NFC');
  const decomposed = composed.normalize('NFD');

  it.each([
    ['composed, typed decomposed', composed, decomposed],
    ['decomposed, typed composed', decomposed, composed],
    ['with another space', 'correct horse battery\u00a0staple', 'correct horse battery staple'],
  ])('chosen %s is the same', async (_title, chosen, typed) => {
    const email = uniqueEmail();
    expect((await register({ email, password: chosen })).status).toBe(201);
    expect((await login(email, typed)).status).toBe(200);
    expect((await login(email, chosen)).status).toBe(200);
    expectProblem(await login(email, `${typed}x`), 401, 'INVALID_CREDENTIALS');
  });

  it('of the greatest length is taken composed and typed decomposed, wherever one is given', async () => {
    const email = uniqueEmail();
    const password = composed.padEnd(1_024, 'é');
    const { accessToken } = (await register({ email, password })).body;
    const typed = password.normalize('NFD');
    expect((await login(email, typed)).status).toBe(200);
    const confirmed = await server.api.post(
      '/api/auth/reauthenticate',
      { password: typed },
      { token: accessToken },
    );
    expect(confirmed.status).toBeLessThan(300);
    expectProblem(await login(email, `${typed}x`), 400, 'VALIDATION_FAILED');
  });

  it('is counted in its prepared form: marks make no letters', async () => {
    const seven = 'ä'.normalize('NFD').repeat(7);
    expectProblem(await register({ password: seven }), 400, 'PASSWORD_REJECTED');
  });
});

describe('an e-mail address', () => {
  it('with an international domain is one account in both of its forms, and gets its mails', async () => {
    const unicode = unique('ada', 'bücher.example');
    const ascii = unicode.replace('bücher', 'xn--bcher-kva');
    // The server of the tests writes domains in Unicode again.
    expect(await mailedAfter(() => register({ email: unicode }))).toBe(unicode);
    expectProblem(await register({ email: ascii.toUpperCase() }), 409, 'EMAIL_TAKEN');
    expect((await login(ascii)).body.user.email).toBe(unicode);
    expect((await login(unicode.replace('ü', 'u\u0308'))).status).toBe(200);
  });

  it('with Unicode before the @ gets its mails', async () => {
    const email = unique('jörg', 'example.com');
    expect(await mailedAfter(() => register({ email }))).toBe(email);
    expectProblem(await register({ email: email.normalize('NFD') }), 409, 'EMAIL_TAKEN');
  });

  it('loses the blanks around it', async () => {
    const email = unique('ada', 'example.com');
    expect((await register({ email: `  ${email}\u3000` })).body.user.email).toBe(email);
    expect((await login(`\u00a0${email} `)).status).toBe(200);
    expect((await login(`\t${email}\r\n`)).status).toBe(200);
  });

  it.each(['a\u200bda@example.com', 'ada\u202e@example.com', 'ada@exa\u00admple.com'])(
    '%j is refused with the reason',
    async (email) => {
      const answer = await register({ email });
      expectProblem(answer, 400, 'VALIDATION_FAILED');
      expect(answer.body.errors).toEqual([{ field: 'email', message: `email ${REFUSED_TEXT}` }]);
    },
  );

  it('with Unicode before the @ is refused where the mail server takes none', async () => {
    const plain = await MailServer.start({ disabledCommands: ['STARTTLS', 'AUTH'], hideSMTPUTF8: true });
    const other = await startTestApp({ environment: { MAIL_URL: plain.url, ...FROM } });
    try {
      const body = { email: 'jörg@example.com', password: PASSWORD };
      const answer = await other.api.post<SignedIn>('/api/auth/register', body);
      expectProblem(answer, 400, 'VALIDATION_FAILED');
      expect(answer.body.errors).toEqual([
        { field: 'email', message: 'email must be ASCII before the @: the mail server takes nothing else' },
      ]);
      const ascii = { ...body, email: 'joerg@bücher.example' };
      expect((await other.api.post('/api/auth/register', ascii)).status).toBe(201);
      const [mail] = await plain.holds(1);
      expect(mail?.to?.[0]?.address).toMatch(/^joerg@(xn--bcher-kva|bücher)\.example$/);
    } finally {
      await other.close();
      await plain.stop();
    }
  });
});

describe('a name', () => {
  it('may be null at registration, and taken back', async () => {
    const { status, body } = await register({ name: null });
    expect([status, body.user.name]).toEqual([201, null]);
    const token = body.accessToken;
    const rename = (name: unknown) => server.api.request('PATCH', '/api/profile', { token, json: { name } });
    expect((await rename('Ada')).body).toMatchObject({ name: 'Ada' });
    expect((await rename(null)).body).toMatchObject({ name: null });
    expectProblem(
      await server.api.request('PATCH', '/api/profile', { token, json: {} }),
      400,
      'VALIDATION_FAILED',
    );
  });

  it('that turns the direction of text is refused with the reason', async () => {
    const answer = await register({ name: 'ada\u202egpj.exe' });
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body.errors).toEqual([{ field: 'name', message: `name ${REFUSED_TEXT}` }]);
  });

  it.each(['👩‍👩‍👧‍👦', 'محمد', 'שרה', 'देवनागरी क्‍ष'])('%j is kept whole', async (name) => {
    expect((await register({ name })).body.user.name).toBe(name);
  });
});
