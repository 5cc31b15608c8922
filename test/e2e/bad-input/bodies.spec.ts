import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UserAdministrationService } from '../../../src/admin/user-administration.service.js';
import type { Problem, RequestOptions } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { fetchDocument, routesOf } from '../support/openapi-document.js';
import { expectProblem, fieldsOf } from '../support/problems.js';
import { BODY_ROUTES } from './routes.js';

const LIMIT = 64 * 1024;
const LONE_SURROGATES = ['\\ud800', '\\udc00', 'a\\udbff', '\\ude00\\ud83d'];
/** Names that every object or function has, so that a look-up finds something where there is nothing. */
const INHERITED = [
  'prototype',
  'constructor',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'isPrototypeOf',
  '__defineGetter__',
];

/** Whose fields may all be left out, or are no texts: the specs of `test/e2e/admin` send them odd bodies. */
const OF_OTHER_FIELDS = [
  'PATCH /api/admin/users/{id}',
  'POST /api/admin/roles',
  'PUT /api/admin/roles/{name}',
  'PUT /api/auth/consents/{clientId}',
  'POST /api/auth/consents/{clientId}',
  'POST /api/auth/device',
  'PUT /api/auth/device',
  'POST /api/admin/clients',
  'PATCH /api/admin/clients/{id}',
  'POST /api/admin/clients/{id}/secret',
  'POST /api/admin/initial-access-tokens',
];

let server: TestApp;
let token: string;

beforeAll(async () => {
  server = await startTestApp();
  const { email } = (await server.api.register()).body.user;
  await server.app.get(UserAdministrationService).grantRole(email, 'admin');
  token = (await server.api.login(email)).body.accessToken;
});

afterAll(async () => {
  await server.close();
});

it('is tried on every route that reads a body', async () => {
  const documented = routesOf(await fetchDocument(server.url)).filter(
    ({ operation }) => operation.requestBody,
  );
  const nameOf = (route: { method: string; path: string }) => `${route.method} ${route.path}`;
  expect([...BODY_ROUTES.map(nameOf), ...OF_OTHER_FIELDS].sort()).toEqual(documented.map(nameOf).sort());
});

describe.each(BODY_ROUTES)('$method $path', ({ method, path, needsToken, fields, optional, secret }) => {
  const names = Object.keys(fields);

  const send = (options: RequestOptions, url = path) =>
    server.api.request<Problem>(method, url, { ...(needsToken && { token }), ...options });
  const sendText = (body: string) => send({ body });
  /** The right body, with one field as written in JSON. */
  const withField = (name: string, json: string) => {
    const members = names
      .filter((other) => other !== name)
      .map((other) => `"${other}":${JSON.stringify(fields[other])}`);
    return `{${[...members, `${JSON.stringify(name)}:${json}`].join()}}`;
  };

  it.each([
    '{',
    '{"a":',
    '{"a":1,}',
    "{'a':1}",
    '{a:1}',
    '{}{}',
    '{} x',
    'nul',
    'NaN',
    'undefined',
    '"open',
    '"\u0001"',
    '\0',
    '<xml/>',
    'email=ada%40example.com',
    '[1,2',
    '// {}',
    ' ',
  ])('refuses the broken JSON %j', async (text) => {
    expectProblem(await sendText(text), 400, 'MALFORMED_JSON');
  });

  it.each([
    ['a byte that UTF-8 does not have', [0xff]],
    ['a byte that continues nothing', [0x80]],
    ['a character cut short', [0xe2, 0x82]],
    ['an overlong NUL', [0xc0, 0x80]],
    ['a surrogate as bytes', [0xed, 0xa0, 0x80]],
    ['a code point beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
  ])('refuses %s', async (_, bytes) => {
    const [before = '', after = ''] = withField(names[0] ?? '', '"HERE"').split('HERE');
    const body = Uint8Array.from([...Buffer.from(before), ...bytes, ...Buffer.from(after)]);
    expectProblem(await send({ body }), 400, 'MALFORMED_JSON');
  });

  it('refuses UTF-16', async () => {
    const body = Uint8Array.from(Buffer.from(JSON.stringify(fields), 'utf16le'));
    expectProblem(await send({ body }), 400, 'MALFORMED_JSON');
  });

  it('refuses an empty body, with a content type and without', async () => {
    expectProblem(await sendText(''), 400, 'VALIDATION_FAILED');
    expectProblem(await send({}), 400, 'VALIDATION_FAILED');
  });

  it.each(['[]', '[{}]', '"text"', '""', '1', '-0', '1e999', 'true', 'false', 'null'])(
    'refuses %s in place of an object',
    async (text) => {
      const answer = await sendText(text);
      expectProblem(answer, 400, 'VALIDATION_FAILED');
      expect(fieldsOf(answer)).toEqual(['']);
    },
  );

  it('names every required field that is missing', async () => {
    const answer = await send({ json: {} });
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(fieldsOf(answer).sort()).toEqual(names.filter((name) => !optional.includes(name)).sort());
  });

  describe.each(names)('%s', (name) => {
    const isRefused = async (json: string) => {
      const answer = await sendText(withField(name, json));
      expectProblem(answer, 400, 'VALIDATION_FAILED');
      expect(fieldsOf(answer)).toEqual([name]);
    };

    it.each([
      // No name, or none any more.
      ...(name === 'name' ? [] : ['null']),
      'true',
      'false',
      '0',
      '1',
      '1e999',
      '[]',
      '["ada@example.com"]',
      '{}',
      '{"length":10}',
      '{"toString":"ada@example.com"}',
      '{"$ne":null}',
    ])('must be a text, not %s', async (json) => {
      await isRefused(json);
    });

    it('must not be empty', async () => {
      await isRefused('""');
    });

    // The answer of a passkey is JSON.
    it.each([name === 'answer' ? 8200 : 1100, 60_000])('must not have %i characters', async (length) => {
      await isRefused(JSON.stringify('x'.repeat(length)));
      await isRefused(JSON.stringify(`ada@${'x'.repeat(length)}.com`));
    });

    it.each(LONE_SURROGATES)('must not have the lone surrogate in %s', async (escape) => {
      await isRefused(`"${escape}"`);
      await isRefused(`"ada${escape}@example.com"`);
      await isRefused(`"ada@${escape}.com"`);
    });

    if (!secret.includes(name)) {
      it.each(['\\u0000', '\\u0000ada@example.com', 'ada\\u0000@example.com', 'ada@example.com\\u0000'])(
        'must not have the NUL in "%s"',
        async (text) => {
          await isRefused(`"${text}"`);
        },
      );

      it.each(['\\n.example', '\\r\\nBcc: all@example.com', '\\u001b[31m', '\\u007f', '\\t.example'])(
        'must not have the control character in "%s"',
        async (text) => {
          await isRefused(`"ada@example.com${text}"`);
        },
      );
    }
  });

  it.each([
    'extra',
    'roles',
    'isAdmin',
    'id',
    '',
    '__proto',
    '$where',
    'a.b',
    '0',
    'Email',
    'é',
    'x'.repeat(200),
  ])('refuses the unknown field %j by its name', async (name) => {
    const answer = await sendText(withField(name, '["admin"]'));
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(fieldsOf(answer)).toEqual([name]);
  });

  it('refuses unknown fields by their names where every object or function has such a member', async () => {
    const named: Record<string, unknown> = {};
    for (const name of INHERITED) {
      for (const json of ['1', 'null', '{}']) {
        const answer = await sendText(withField(name, json));
        named[`${name}: ${json}`] = [answer.status, fieldsOf(answer)];
      }
    }
    const expected = Object.keys(named).map((member) => [member, [400, [member.split(':', 1)[0]]]]);
    expect(named).toEqual(Object.fromEntries(expected));
  });

  it.each([
    '{"__proto__":{"roles":["admin"]}}',
    '{"__proto__":null}',
    '{"\\u005f\\u005fproto\\u005f\\u005f":{"roles":["admin"]}}',
    '{"a":[{"__proto__":{"x":1}}]}',
    '{"constructor":{"prototype":{"roles":["admin"]}}}',
  ])('refuses %s, and no object has got anything from it', async (body) => {
    const answer = await sendText(body);
    expect(answer.status).toBe(400);
    expect(['MALFORMED_JSON', 'VALIDATION_FAILED']).toContain(answer.body.code);
    expect(({} as Record<string, unknown>)['roles'] ?? ({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it.each([
    ['arrays', '['.repeat(30_000) + ']'.repeat(30_000)],
    ['objects', '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000)],
    ['a little too deep', '['.repeat(17) + ']'.repeat(17)],
  ])('refuses %s that nest too deep', async (_, json) => {
    const answer = await sendText(withField(names[0] ?? '', json));
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    const unknown = await sendText(withField('extra', json));
    expectProblem(unknown, 400, 'VALIDATION_FAILED');
  });

  it('refuses brackets that nest as deep as the limit lets them, and never close', async () => {
    expectProblem(await sendText('['.repeat(LIMIT)), 400, 'MALFORMED_JSON');
    expectProblem(await sendText('{"a":'.repeat(LIMIT / 5)), 400, 'MALFORMED_JSON');
  });

  it('refuses 100,000 levels, which are more than the limit', async () => {
    expectProblem(await sendText('['.repeat(100_000) + ']'.repeat(100_000)), 413, 'PAYLOAD_TOO_LARGE');
  });

  it('reads 64 KiB, and not a byte more', async () => {
    const padded = (size: number) => JSON.stringify({ extra: 'x' }).padEnd(size);
    expectProblem(await sendText(padded(LIMIT)), 400, 'VALIDATION_FAILED');
    expectProblem(await sendText(padded(LIMIT + 1)), 413, 'PAYLOAD_TOO_LARGE');
  });

  it('refuses 10 MB, announced or in chunks, before they are there', async () => {
    for (const announced of [true, false]) {
      const answer = await sendSlowly({ method, path, token: needsToken ? token : undefined, announced });
      expectProblem(answer, 413, 'PAYLOAD_TOO_LARGE');
    }
  });

  it.each([
    'text/plain',
    'text/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
    'application/problem+json',
    'application/vnd.api+json',
    'application/xml',
    'application/json; charset=utf-16',
    'application/json; charset="iso-8859-1"',
    'application/json; charset=utf-8; charset=utf-16le',
    'json',
    '*/*',
    ';',
  ])('refuses the content type %s', async (contentType) => {
    const body = JSON.stringify(fields);
    expectProblem(
      await send({ body, headers: { 'content-type': contentType } }),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    );
  });

  it('refuses a body without a content type', async () => {
    // A body of bytes, for which fetch makes no content type up; the client adds one to others.
    const response = await fetch(server.url + path, {
      method,
      body: Uint8Array.from(Buffer.from(JSON.stringify(fields))),
      headers: needsToken ? { authorization: `Bearer ${token}` } : {},
    });
    const answer = {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Problem,
    };
    expectProblem(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  it.each(['gzip', 'br', 'identity, gzip', 'x'])('refuses the content encoding %s', async (encoding) => {
    const body = JSON.stringify(fields);
    const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
    expectProblem(await send({ body, headers }), 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  it('accepts the content encoding identity', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'identity' };
    expectProblem(await send({ body: '{}', headers }), 400, 'VALIDATION_FAILED');
  });

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'APPLICATION/JSON',
    'application/json;charset=UTF-8',
    'application/json; profile="a;charset=latin1"',
  ])('accepts the content type %s', async (contentType) => {
    const answer = await send({ body: '{}', headers: { 'content-type': contentType } });
    expectProblem(answer, 400, 'VALIDATION_FAILED');
  });

  it('takes the last of members that are there twice', async () => {
    const name = names[0] ?? '';
    const right = JSON.stringify(fields[name]);
    const answer = await sendText(
      withField(name, right)
        .replace('{', `{${JSON.stringify(name)}:${right},`)
        .replace(/\}$/, `,"${name}":7}`),
    );
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(fieldsOf(answer)).toEqual([name]);
  });

  it.each([
    '?a=1&a=2',
    '?a[]=1&a[b]=2',
    '?__proto__=1&constructor=2',
    `?${'a=1&'.repeat(20)}`,
    '?%zz=%',
    '?=&&=',
    '?email=x&email=y',
  ])('ignores the query %j', async (query) => {
    const answer = await send({ json: {} }, path + query);
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(fieldsOf(answer).sort()).toEqual(names.filter((name) => !optional.includes(name)).sort());
  });
});

interface SlowRequest {
  readonly method: string;
  readonly path: string;
  readonly token: string | undefined;
  /** Whether the length is told before. */
  readonly announced: boolean;
}

/** Sends 10 MB as fast as the server takes them, and reads an answer that comes before their end. */
async function sendSlowly({ method, path, token: bearer, announced }: SlowRequest) {
  const chunk = Buffer.alloc(10_000, 'x');
  const chunks = 1000;
  const outgoing = request(server.url + path, {
    method,
    headers: {
      'content-type': 'application/json',
      // Said in any case: for DELETE Node would frame the body in neither way.
      ...(announced ? { 'content-length': chunk.length * chunks } : { 'transfer-encoding': 'chunked' }),
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
    },
  });
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
  // The server hangs up without reading the rest, as it should.
  outgoing.on('error', () => undefined);
  for (let sent = 0; sent < chunks && !outgoing.destroyed; sent += 1) outgoing.write(chunk);
  const [response] = await answered;
  const text = Buffer.concat(await response.toArray()).toString();
  outgoing.destroy();
  const headers = new Headers(
    Object.entries(response.headers).map(([name, value]): [string, string] => [name, String(value)]),
  );
  return { status: response.statusCode ?? 0, headers, body: JSON.parse(text) as Problem };
}

it('a body that is not JSON is refused where none is needed, too, and nothing is done', async () => {
  const { accessToken } = (await server.api.register()).body;
  const logOut = (options: RequestOptions) =>
    server.api.request<Problem>('POST', '/api/auth/logout', { token: accessToken, ...options });
  expectProblem(await logOut({ body: '{' }), 400, 'MALFORMED_JSON');
  expect((await server.api.profile(accessToken)).status).toBe(200);
  expect((await logOut({ body: '' })).status).toBe(204);
});
