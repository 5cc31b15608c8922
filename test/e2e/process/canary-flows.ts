import { randomBytes } from 'node:crypto';
import { expect } from '@jest/globals';
import { parseSetCookie } from 'cookie';
import type { MailServer } from '../../support/mail-server.js';
import { readOutbox } from '../../support/read-outbox.js';
import { eventually } from '../support/eventually.js';
import type { Canaries } from './canaries.js';

/** The token in the latest mail to an address whose link leads to a page. */
export type Mailbox = (to: string, page: string) => Promise<string>;

interface Sent {
  readonly to: readonly string[];
  readonly text: string;
}

export function mailbox(dataDir: string, server?: MailServer): Mailbox {
  const sent = async (): Promise<Sent[]> => {
    if (server) return server.received.map(({ envelope, text = '' }) => ({ to: envelope.to, text }));
    return (await readOutbox(dataDir)).map(({ recipient, text = '' }) => ({ to: [recipient], text }));
  };
  return async (to, page) => {
    let token = '';
    await eventually(async () => {
      const texts = (await sent()).filter((mail) => mail.to.includes(to)).map(({ text }) => text);
      const found = texts.flatMap((text) => new RegExp(`${page}#token=(\\S+)`).exec(text)?.[1] ?? []);
      token = found.at(-1) ?? '';
      expect(token).toMatch(/^lk_ot_/);
    });
    return token;
  };
}

export interface Traveller {
  readonly url: string;
  readonly canaries: Canaries;
  readonly mails: Mailbox;
}

type Answer = Record<string, string>;

/** A client that lets the canaries know every secret that it is given. */
class KnowingClient {
  private readonly cookies = new Map<string, string>();
  private csrfToken: string | undefined;

  constructor(
    private readonly traveller: Traveller,
    private readonly mode: 'bearer' | 'cookie',
  ) {}

  /** @returns the body; fails unless it is answered as it should be */
  async ask(method: string, path: string, status: number, body?: object, token?: string): Promise<Answer> {
    const { url, canaries } = this.traveller;
    const headers = new Headers();
    if (body) headers.set('content-type', 'application/json');
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    if (this.mode === 'cookie') {
      headers.set('x-auth-mode', 'cookie');
      headers.set('origin', url);
      if (this.csrfToken !== undefined) headers.set('x-csrf-token', this.csrfToken);
    }
    if (this.cookies.size > 0) headers.set('cookie', this.cookieHeader);
    const response = await fetch(url + path, { method, headers, body: body ? JSON.stringify(body) : null });
    const text = await response.text();
    if (response.status !== status) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    for (const line of response.headers.getSetCookie()) {
      const { name, value = '' } = parseSetCookie(line);
      if (value === '') continue;
      canaries.know(`a real cookie ${name}`, value);
      this.cookies.set(name, value);
    }
    const answer = text === '' ? {} : (JSON.parse(text) as Answer);
    for (const name of ['accessToken', 'refreshToken', 'csrfToken'])
      if (answer[name] !== undefined) canaries.know(`a real ${name}`, answer[name]);
    this.csrfToken = answer['csrfToken'] ?? this.csrfToken;
    return answer;
  }

  get cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  get cookieNames(): string[] {
    return [...this.cookies.keys()];
  }
}

export const newAddress = (): string => `ada-${randomBytes(4).toString('hex')}@example.com`;

/** Each link that is mailed, used once, and once more. */
export async function useLinks({ url, canaries, mails }: Traveller): Promise<void> {
  const client = new KnowingClient({ url, canaries, mails }, 'bearer');
  const password = canaries.plant('a password that is reset', 'Aa1 ');
  const next = canaries.plant('the password of a reset', 'Bb2 ');
  const email = newAddress();
  const newEmail = newAddress();
  const follow = async (to: string, page: string, path: string, fields: object = {}) => {
    const token = await mails(to, page);
    canaries.know(`a real one-time token for ${page}`, token);
    await client.ask('POST', path, 204, { token, ...fields });
    await client.ask('POST', path, 400, { token, ...fields });
  };

  const { accessToken } = await client.ask('POST', '/api/auth/register', 201, { email, password });
  await follow(email, '/verify-email', '/api/auth/email/verify', { password });
  const change = { email: newEmail, password };
  await client.ask('POST', '/api/auth/email/change', 202, change, accessToken);
  await follow(newEmail, '/confirm-email', '/api/auth/email/confirm', { password });
  await client.ask('POST', '/api/auth/password/forgot', 202, { email: newEmail });
  await follow(newEmail, '/reset-password', '/api/auth/password/reset', { password: next });
  await client.ask('POST', '/api/auth/login', 200, { email: newEmail, password: next });
}

/** A browser's day, and what another site tries. @returns the names of the cookies that it got */
export async function browse(traveller: Traveller): Promise<string[]> {
  const { url, canaries } = traveller;
  const page = new KnowingClient(traveller, 'cookie');
  const password = canaries.plant('a password of a browser', 'Cc3 ');
  const email = newAddress();
  await page.ask('POST', '/api/auth/register', 201, { email, password });
  await page.ask('POST', '/api/auth/login', 200, { email, password });
  await page.ask('GET', '/api/auth/csrf', 200);
  await page.ask('POST', '/api/auth/refresh', 200);
  await page.ask('PATCH', '/api/profile', 200, { name: 'Ada King' });
  const origin = `https://${canaries.plant('the origin of another site')}.example`;
  const forged = await fetch(`${url}/api/auth/logout`, {
    method: 'POST',
    headers: { cookie: page.cookieHeader, origin },
  });
  expect(forged.status).toBe(403);
  await page.ask('POST', '/api/auth/logout', 204);
  return page.cookieNames;
}
