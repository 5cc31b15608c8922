import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Problem } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import {
  type DocumentedRoute,
  fetchDocument,
  type OpenApiDocument,
  routesOf,
  type Schema,
  withParameters,
} from '../support/openapi-document.js';
import { expectNoLeak } from '../support/problems.js';

/** Requests a route, all kinds together; FUZZ_SEED repeats a run that failed. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 670);
/** Of those that take a body: as many again with bytes, and the rest with parameters. */
const RUNS_WITH_BODY = Math.ceil(RUNS * 0.45);
const RUNS_WITHOUT = Math.ceil(RUNS * 0.1);
const TIME_LIMIT = 60_000 + RUNS * 200;
const SEED = process.env['FUZZ_SEED'];

/** Half surrogates and NULs included, which JSON can say and UTF-8 or PostgreSQL cannot. */
const anyText = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.constantFrom(0, 0xd800, 0xdfff, 0x0a, 0x22)), {
    maxLength: 40,
  })
  .map((units) => String.fromCharCode(...units));
const hostileText = fc.oneof(
  anyText,
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom(
    '',
    ' ',
    '\0',
    "' OR 1=1 --",
    '{{7*7}}',
    '../../etc/passwd',
    '<script>alert(1)</script>',
    '%s%n',
    '\u202e',
    'x'.repeat(255),
    'x'.repeat(1025),
    '😀'.repeat(600),
    'null',
    'lk_rt_',
    `lk_rt_${'A'.repeat(156)}`,
  ),
);
const anyName = fc.oneof(
  hostileText,
  fc.constantFrom(
    'id',
    'roles',
    'constructor',
    'toString',
    '__proto__',
    'length',
    'then',
    'toJSON',
    'hasOwnProperty',
  ),
);

function textFor(schema: Schema): fc.Arbitrary<string> {
  const { format, example, minLength = 0, maxLength = 200 } = schema;
  const fitting = fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 60) });
  const texts: fc.Arbitrary<string>[] = [fitting, hostileText];
  if (format === 'email' || format === 'idn-email') texts.push(fc.emailAddress());
  if (typeof example === 'string') {
    const changed = fc.tuple(fc.nat({ max: example.length }), fc.nat({ max: 0xffff }));
    texts.push(
      fc.constant(example),
      changed.map(([at, unit]) => example.slice(0, at) + String.fromCharCode(unit) + example.slice(at + 1)),
    );
  }
  return fc.oneof(...texts);
}

/** Values near what the schema asks for, and values far from it. */
function valueFor(schema: Schema, document: OpenApiDocument): fc.Arbitrary<unknown> {
  const { properties, type } = resolve(schema, document);
  if (properties) {
    const members = Object.entries(properties).map(
      ([name, property]) => [name, valueFor(property, document)] as const,
    );
    const known = fc.record(Object.fromEntries(members), { requiredKeys: [] });
    const complete = fc.record(Object.fromEntries(members));
    const unknown = fc.array(fc.tuple(anyName, fc.jsonValue()), { minLength: 1, maxLength: 3 });
    return fc.oneof(
      { weight: 6, arbitrary: complete },
      { weight: 2, arbitrary: known },
      {
        weight: 2,
        arbitrary: fc.tuple(complete, unknown).map(([object, more]) => withMembers(object, more)),
      },
      { weight: 1, arbitrary: fc.jsonValue() },
    );
  }
  const far = fc.jsonValue({ stringUnit: 'binary', maxDepth: 3 });
  if (type !== 'string') return far;
  return fc.oneof({ weight: 6, arbitrary: textFor(schema) }, { weight: 1, arbitrary: far });
}

/** Own members whatever their names, as a JSON parser makes them. */
function withMembers(object: object, members: [string, unknown][]): object {
  const copy = { ...object };
  for (const [name, value] of members) {
    Object.defineProperty(copy, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return copy;
}

function resolve(schema: Schema, document: OpenApiDocument): Schema {
  const name = schema.$ref?.split('/').at(-1);
  const found = name === undefined ? schema : document.components.schemas[name];
  if (!found) throw new Error(`There is no schema ${name}.`);
  return found;
}

/** @returns how the property failed, with what repeats it; nothing if it held */
async function failureOf<T>(property: fc.IAsyncPropertyWithHooks<[T]>, runs: number): Promise<string[]> {
  const details = await fc.check(property, {
    numRuns: runs,
    ...(SEED !== undefined && { seed: Number(SEED) }),
  });
  return details.failed ? [`${fc.defaultReportMessage(details)}\n${String(details.errorInstance)}`] : [];
}

describe('random requests', () => {
  let server: TestApp;
  let document: OpenApiDocument;
  let routes: DocumentedRoute[];
  let token: string;

  beforeAll(async () => {
    server = await startTestApp();
    document = await fetchDocument(server.url);
    routes = routesOf(document);
    token = (await server.api.register()).body.accessToken;
  });

  afterAll(async () => {
    await server.close();
  });

  /** The client fails on any answer that the document does not describe. */
  async function answerIsDescribed(route: DocumentedRoute, path: string, body?: string) {
    const { status, body: answer } = await server.api.request<Problem>(route.method, path, {
      ...(route.operation.security && { token }),
      ...(body !== undefined && { body }),
    });
    expect(status).toBeLessThan(500);
    if (status >= 400) {
      const { errors: _, ...problem } = answer;
      expectNoLeak(problem);
    }
    return `${status} ${answer.code ?? ''}`;
  }

  it(
    'with random bodies are answered as the document says, and never by 5xx',
    async () => {
      const withBody = routes.filter(({ operation }) => operation.requestBody);
      expect(withBody.length).toBeGreaterThanOrEqual(5);
      const failures: string[] = [];
      for (const route of withBody) {
        const schema = route.operation.requestBody?.content['application/json']?.schema ?? {};
        const answers = new Set<string>();
        const property = fc.asyncProperty(valueFor(schema, document), async (value) => {
          answers.add(await answerIsDescribed(route, withParameters(route.path), JSON.stringify(value)));
        });
        failures.push(...(await failureOf(property, RUNS_WITH_BODY)));
        // Random, but not so far off that all ends at the first check.
        if (answers.size < 2) failures.push(`${route.path} answered nothing but ${[...answers].join()}.`);
      }
      expect(failures).toEqual([]);
    },
    TIME_LIMIT,
  );

  it(
    'with random bytes are answered as the document says, and never by 5xx',
    async () => {
      const failures: string[] = [];
      for (const route of routes.filter(({ operation }) => operation.requestBody)) {
        const json = JSON.stringify({
          email: 'ada@example.com',
          password: 'x',
          name: 'y',
          refreshToken: 'z',
        });
        const mutilated = fc
          .tuple(fc.nat({ max: json.length }), fc.uint8Array({ minLength: 1, maxLength: 4 }))
          .map(([at, bytes]) =>
            Buffer.concat([Buffer.from(json.slice(0, at)), bytes, Buffer.from(json.slice(at + 1))]),
          );
        const bytesOf = fc.oneof(mutilated, fc.uint8Array({ maxLength: 100 }));
        const property = fc.asyncProperty(bytesOf, async (bytes) => {
          const response = await fetch(server.url + route.path, {
            method: route.method,
            body: Uint8Array.from(bytes),
            headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
          });
          expect(response.status).toBeLessThan(500);
          expect(response.headers.get('content-type')).toMatch(/^application\/(problem\+)?json/);
          expectNoLeak(await response.json());
        });
        failures.push(...(await failureOf(property, RUNS_WITH_BODY)));
      }
      expect(failures).toEqual([]);
    },
    TIME_LIMIT,
  );

  it(
    'with random parameters and queries are answered as the document says, and never by 5xx',
    async () => {
      const parameter = fc.oneof(fc.uuid(), hostileText.map(wellFormed), fc.string({ maxLength: 200 }));
      const query = fc.array(fc.tuple(anyName.map(wellFormed), hostileText.map(wellFormed)), {
        maxLength: 4,
      });
      // Log-outs would leave the token dead and the rest untested.
      const failures: string[] = [];
      for (const route of routes.filter(({ path }) => !path.includes('logout'))) {
        const property = fc.asyncProperty(fc.tuple(parameter, query), async ([value, pairs]) => {
          const path = withParameters(route.path, encodeURIComponent(value) || 'x');
          await answerIsDescribed(route, `${path}?${new URLSearchParams(pairs).toString()}`);
        });
        const runs = route.operation.requestBody ? RUNS_WITHOUT : RUNS;
        failures.push(...(await failureOf(property, runs)));
      }
      expect(failures).toEqual([]);
    },
    TIME_LIMIT,
  );

  it('leave the server as it was', async () => {
    expect((await server.api.get('/health/ready')).status).toBe(200);
    expect((await server.api.profile(token)).status).toBe(200);
  });
});

/** URLs hold no half surrogates, and clients resolve dot segments before they ask. */
function wellFormed(text: string): string {
  const clean = text.replaceAll(/\p{Cs}/gu, '?');
  return /^\.{1,2}$/.test(clean) ? `${clean}x` : clean;
}
