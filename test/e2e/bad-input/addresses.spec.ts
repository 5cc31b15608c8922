import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Problem } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { fetchDocument, routesOf, withParameters } from '../support/openapi-document.js';
import { expectNoLeak, expectProblem } from '../support/problems.js';
import { sendRaw } from '../support/raw-http.js';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

let server: TestApp;
let token: string;
/** Each address of the document, and the methods it answers. */
let addresses: Map<string, string[]>;

beforeAll(async () => {
  server = await startTestApp();
  token = (await server.api.register()).body.accessToken;
  addresses = new Map();
  for (const { method, path } of routesOf(await fetchDocument(server.url))) {
    const methods = addresses.get(withParameters(path)) ?? [];
    // Who answers GET answers HEAD (RFC 9110 section 9.3.2).
    addresses.set(
      withParameters(path),
      [...methods, ...(method === 'GET' ? ['GET', 'HEAD'] : [method])].sort(),
    );
  }
});

afterAll(async () => {
  await server.close();
});

/** As bytes: clients normalise addresses, and know only the usual methods. */
const ask = (method: string, target: string, headers = '') =>
  sendRaw(
    server.url,
    `${method} ${target} HTTP/1.1\r\nHost: latchkey.test\r\n${headers}Connection: close\r\n\r\n`,
  );

describe('an address where there is nothing', () => {
  it.each([
    '/api',
    '/api/',
    '/api/unknown',
    '/api/auth',
    '/api/auth/register/x',
    '/api/profile/1',
    '/API/PROFILE',
    '/api/auth/sessions/a/b',
    '/.env',
    '/health',
    '/health/live/x',
    '/index.php?a=b',
    '/api/profile;jsessionid=1',
    '/..%2f..%2fetc/passwd',
    '/../../etc/passwd',
    '/docs/../../package.json',
    '/docs/..%5c..%5cpackage.json',
    '/docs/%00',
    '/%00',
    '/api/%F0%9F%98%80',
    '//',
    '//api//profile',
    `/${'a/'.repeat(2000)}`,
    `/${'a'.repeat(12_000)}`,
    `/api/profile/${'a'.repeat(12_000)}`,
  ])('answers 404, with a token or without: %j', async (target) => {
    expectProblem(await ask('GET', target), 404, 'NOT_FOUND');
    expectProblem(await ask('GET', target, `Authorization: Bearer ${token}\r\n`), 404, 'NOT_FOUND');
    expectProblem(await ask('POST', target, 'Content-Length: 0\r\n'), 404, 'NOT_FOUND');
  });

  it('is not repeated in the answer', async () => {
    const { text } = await ask('GET', '/<script>alert(1)</script>');
    expect(text).not.toContain('script');
  });

  it('answers 404 to a body of any kind', async () => {
    for (const contentType of ['text/plain', 'application/json', 'application/xml']) {
      const headers = `Content-Type: ${contentType}\r\nContent-Length: 3\r\n`;
      const answer = await sendRaw(
        server.url,
        `POST /api/unknown HTTP/1.1\r\nHost: x\r\n${headers}Connection: close\r\n\r\n{x}`,
      );
      expect([404, 400, 415]).toContain(answer.status);
      expectNoLeak(answer.body);
    }
  });
});

describe('an address that answers other methods', () => {
  it('answers 405 with exactly those in Allow, for every route and method', async () => {
    const wrong = [...addresses].flatMap(([path, allowed]) =>
      METHODS.filter((method) => !allowed.includes(method)).map((method) => ({ method, path, allowed })),
    );
    expect(wrong.length).toBeGreaterThan(70);
    for (const { method, path, allowed } of wrong) {
      const response = await fetch(server.url + path, { method });
      expect([method, path, response.status, response.headers.get('allow')]).toEqual([
        method,
        path,
        405,
        allowed.join(', '),
      ]);
      const text = await response.text();
      if (method === 'HEAD') expect(text).toBe('');
      else expect(JSON.parse(text)).toMatchObject({ code: 'METHOD_NOT_ALLOWED', status: 405 });
    }
  });

  it.each(['TRACE', 'PROPFIND', 'SEARCH', 'LOCK', 'LINK'])(
    'answers 405 to %s, on every route',
    async (method) => {
      for (const [path, allowed] of addresses) {
        const answer = await ask(method, path, 'Cookie: secret=canary\r\n');
        expectProblem(answer, 405, 'METHOD_NOT_ALLOWED');
        expect(answer.headers.get('allow')).toBe(allowed.join(', '));
        expect(answer.text).not.toContain('canary');
      }
    },
  );

  it('answers 405 whatever the body is', async () => {
    const answer = await server.api.request<Problem>('PUT', '/api/profile', { body: 'x', token });
    expect([400, 405]).toContain(answer.status);
    const text = await server.api.request<Problem>('PUT', '/api/profile', {
      body: 'x',
      headers: { 'content-type': 'text/plain' },
    });
    expect([405, 415]).toContain(text.status);
  });

  it('never answers 405 to a method that it then lists in Allow', async () => {
    for (const [path, allowed] of addresses) {
      for (const method of allowed) {
        for (const variant of [`${path}/`, `${path}?a=/b`, `${path}#x`, path.replace('/api', '//api')]) {
          const answer = await ask(method, variant, 'Content-Length: 0\r\n');
          if (answer.status === 405)
            throw new Error(`${method} ${variant}: 405, Allow: ${answer.headers.get('allow')}`);
        }
      }
    }
  });
});

describe('a session id that cannot be one', () => {
  it.each([
    'x',
    '1',
    '%20',
    '%00',
    "'%20or%201=1",
    '00000000-0000-0000-0000-00000000000g',
    '{00000000-0000-4000-8000-000000000000}',
    '..',
    '%2e%2e',
    '%F0%9F%98%80',
    'a'.repeat(100),
  ])('answers 404 to who has a token, and 401 to who has none: %j', async (id) => {
    const answer = await ask('DELETE', `/api/auth/sessions/${id}`, `Authorization: Bearer ${token}\r\n`);
    expectProblem(answer, 404, 'NOT_FOUND');
    const stranger = await ask('DELETE', `/api/auth/sessions/${id}`);
    expectProblem(stranger, 401, 'TOKEN_MISSING');
  });

  it('may be refused by its length before anything else', async () => {
    for (const length of [101, 10_000]) {
      const answer = await ask('DELETE', `/api/auth/sessions/${'a'.repeat(length)}`);
      expect([400, 404]).toContain(answer.status);
      expectProblem(answer, answer.status, answer.status === 400 ? 'VALIDATION_FAILED' : 'NOT_FOUND');
    }
  });
});

describe('an address that is no URL', () => {
  it.each([
    '/%zz',
    '/api/%',
    '/api/%a',
    '/api/auth/sessions/%zz',
    '/api/auth/sessions/%E0%A4%A',
    '/%ff',
    '/api/auth/sessions/%c0%ae',
  ])('%s answers 400', async (target) => {
    for (const method of ['GET', 'DELETE']) {
      expectProblem(
        await ask(method, target, `Authorization: Bearer ${token}\r\n`),
        400,
        'VALIDATION_FAILED',
      );
    }
  });

  it('has the security headers of every answer', async () => {
    const { headers } = await ask('GET', '/%zz');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});
