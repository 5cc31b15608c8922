import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { expectProblem } from '../support/problems.js';
import { sendRaw } from '../support/raw-http.js';

const LIVE = 'GET /health/live HTTP/1.1\r\n';
const END = 'Host: latchkey.test\r\nConnection: close\r\n\r\n';
const LOGIN = 'POST /api/auth/login HTTP/1.1\r\nContent-Type: application/json\r\n';

let server: TestApp;

beforeAll(async () => {
  server = await startTestApp();
});

afterAll(async () => {
  await server.close();
});

describe('headers', () => {
  it.each([
    ['a header of 20 KB', `${LIVE}X-Padding: ${'a'.repeat(20_000)}\r\n${END}`],
    ['a token of 20 KB', `${LIVE}Authorization: Bearer ${'a'.repeat(20_000)}\r\n${END}`],
    ['a cookie of 1 MB', `${LIVE}Cookie: ${'a'.repeat(1_000_000)}\r\n${END}`],
    ['1500 headers of 20 bytes', `${LIVE}${'X-Padding: aaaaaaa\r\n'.repeat(1500)}${END}`],
    ['a name of 20 KB', `${LIVE}${'a'.repeat(20_000)}: x\r\n${END}`],
    ['a path of 20 KB', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n${END}`],
    ['a query of 20 KB', `GET /health/live?${'a'.repeat(20_000)} HTTP/1.1\r\n${END}`],
    ['headers that never end', `${LIVE}X-Padding: ${'a'.repeat(20_000)}`],
  ])('%s: 431, as a problem, and the connection is closed', async (_, request) => {
    const answer = await sendRaw(server.url, request);
    expectProblem(answer, 431, 'HEADERS_TOO_LARGE');
    expect(answer.headers.get('connection')).toBe('close');
    expect(answer.headers.get('content-length')).toBe(String(Buffer.byteLength(answer.text)));
  });

  it('of 12 KB are read', async () => {
    const answer = await sendRaw(server.url, `${LIVE}X-Padding: ${'a'.repeat(12_000)}\r\n${END}`);
    expect(answer.status).toBe(200);
  });
});

describe('what is not HTTP', () => {
  it.each([
    ['a TLS handshake', '\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003\r\n\r\n'],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a method that there is not', `FOO /health/live HTTP/1.1\r\n${END}`],
    ['a method in lower case', `get /health/live HTTP/1.1\r\n${END}`],
    ['a version that there is not', `GET /health/live HTTP/9.9\r\n${END}`],
    ['a target with a blank', `GET /health live HTTP/1.1\r\n${END}`],
    ['a header without a name', `${LIVE}: x\r\n${END}`],
    ['a header without a colon', `${LIVE}nonsense\r\n${END}`],
    ['a NUL in a header', `${LIVE}X-A: a\0b\r\n${END}`],
    ['a length that is no number', `${LOGIN}Content-Length: many\r\n${END}{}`],
    ['a negative length', `${LOGIN}Content-Length: -1\r\n${END}{}`],
    ['two lengths that differ', `${LOGIN}Content-Length: 2\r\nContent-Length: 3\r\n${END}{}`],
    [
      'a length and chunks, which smuggle',
      `${LOGIN}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n${END}0\r\n\r\n`,
    ],
    ['a transfer encoding that there is not', `${LOGIN}Transfer-Encoding: chunked, nonsense\r\n${END}{}`],
    ['a chunk whose size is no number', `${LOGIN}Transfer-Encoding: chunked\r\n${END}zz\r\n{}\r\n0\r\n\r\n`],
  ])('%s: 400, as a problem', async (_, request) => {
    expectProblem(await sendRaw(server.url, request), 400, 'VALIDATION_FAILED');
  });

  it('leaves the server as it was', async () => {
    expect((await server.api.get('/health/live')).status).toBe(200);
  });
});

describe("what Node's server would answer by itself", () => {
  it('a request without Host: 400, as a problem', async () => {
    expectProblem(await sendRaw(server.url, `${LIVE}Connection: close\r\n\r\n`), 400, 'VALIDATION_FAILED');
  });

  it('an expectation that cannot be met: answered as if it were not there, or by a problem', async () => {
    const answer = await sendRaw(server.url, `${LIVE}Expect: a-miracle\r\n${END}`);
    if (answer.status !== 200) expectProblem(answer, answer.status, answer.body.code);
  });
});
