import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApplication } from '../../../src/create-application.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { temporaryDirectory, testConfig } from '../../support/test-config.js';
import {
  type DocumentedRoute,
  fetchDocument,
  type OpenApiDocument,
  type ResponseObject,
  routesOf,
  type Schema,
  withParameters,
} from '../support/openapi-document.js';
import { CONTRACT_CODES } from '../support/problems.js';

const PROBLEM = 'application/problem+json';

const MAY_LACK_A_BODY = new Set(['/api/auth/refresh', '/api/admin/clients/{id}/secret']);

let server: TestApp;
let document: OpenApiDocument;
let routes: DocumentedRoute[];

beforeAll(async () => {
  server = await startTestApp();
  document = await fetchDocument(server.url);
  routes = routesOf(document);
});

afterAll(async () => {
  await server.close();
});

const nameOf = ({ method, path }: { method: string; path: string }) => `${method} ${path}`;

/** Those for which something is missing, so that a failure names them all. */
const routesWithout = (has: (route: DocumentedRoute) => boolean) =>
  routes.filter((route) => !has(route)).map(nameOf);

const responsesOf = ({ operation }: DocumentedRoute): [number, ResponseObject][] =>
  Object.entries(operation.responses).map(([status, response]) => [Number(status), response]);

it('is a valid OpenAPI 3.1 document', async () => {
  const validator = new Validator();
  const result = await validator.validate(structuredClone(document) as never);
  expect(result).toMatchObject({ valid: true });
  expect(validator.version).toBe('3.1');
});

describe('the server itself', () => {
  const directory = temporaryDirectory();
  const registered: string[] = [];
  let undocumented: NestFastifyApplication;

  beforeAll(async () => {
    // Pages are for people, and in no document.
    const settings = { DOCS: 'off', ACCOUNT_PAGES: 'off' };
    undocumented = await createApplication(testConfig(directory.path, settings), { logger: false });
    const fastify = undocumented.getHttpAdapter().getInstance();
    fastify.addHook('onRoute', ({ method, url }) => {
      for (const name of [method].flat()) registered.push(`${name} ${url.replaceAll(/:(\w+)/g, '{$1}')}`);
    });
    await undocumented.init();
  });

  afterAll(async () => {
    await undocumented.close();
    directory.remove();
  });

  it('has every route of the document, and no other', () => {
    // HEAD comes with each GET.
    const expected = registered.filter((route) => !route.startsWith('HEAD ')).sort();
    expect(expected.length).toBeGreaterThanOrEqual(15);
    expect(routes.map(nameOf).sort()).toEqual(expected);
  });

  it('shows no document where DOCS is off', async () => {
    const statuses = [];
    for (const url of ['/openapi.json', '/docs', '/docs/', '/docs-json', '/docs-yaml', '/health/live']) {
      statuses.push((await undocumented.inject({ method: 'GET', url })).statusCode);
    }
    expect(statuses).toEqual([404, 404, 404, 404, 404, 200]);
  });
});

it('says the path that a proxy serves it below, and nothing without one', async () => {
  const directory = temporaryDirectory();
  const config = testConfig(directory.path, { PUBLIC_URL: 'https://example.com/id/' });
  const app = await createApplication(config, { logger: false });
  await app.init();
  const served = await app.inject({ method: 'GET', url: '/openapi.json' });
  expect(served.json<{ servers: unknown }>().servers).toEqual([{ url: '/id' }]);
  await app.close();
  directory.remove();
  expect(document.servers).toEqual([]);
});

describe('each route', () => {
  it('has a summary, a tag that is described, and a name of its own', () => {
    const tags = (document as unknown as { tags: { name: string; description: string }[] }).tags;
    const described = new Set(tags.filter((tag) => tag.description !== '').map((tag) => tag.name));
    expect(routesWithout(({ operation }) => (operation.summary ?? '').length > 3)).toEqual([]);
    expect(
      routesWithout(
        ({ operation }) => operation.tags?.length === 1 && described.has(operation.tags[0] ?? ''),
      ),
    ).toEqual([]);
    const names = routes.map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(routes.length);
  });

  it('names each parameter once, and asks for no header that a client may leave out', () => {
    expect(
      routesWithout(({ operation }) => {
        const parameters = operation.parameters ?? [];
        // Names of headers have no case (RFC 9110 section 5.1).
        const names = parameters.map((parameter) => `${parameter.in} ${parameter.name.toLowerCase()}`);
        const asked = parameters.filter((parameter) => parameter.in === 'header' && parameter.required);
        return new Set(names).size === names.length && asked.length === 0;
      }),
    ).toEqual([]);
  });

  it('has one success, with a schema and an example, or without a body, and perhaps a promise beside it', () => {
    expect(
      routesWithout((route) => {
        const successes = responsesOf(route).filter(([status]) => status < 300);
        const [[status, response] = [0, { description: '' }]] = successes;
        const promise = successes.slice(1).every(([other, { content }]) => other === 202 && !content);
        if (successes.length === 0 || !promise || response.description === undefined) return false;
        const { content } = response;
        if (status === 204 || (status === 202 && content === undefined)) return content === undefined;
        if (content === undefined) return false;
        const media = content['application/json'] ?? content['text/event-stream'] ?? content['text/plain'];
        return media !== undefined && exampleOf(media.schema) !== undefined;
      }),
    ).toEqual([]);
  });

  it('has its errors, each a problem with an example for each of its codes', () => {
    expect(
      routesWithout((route) => {
        const errors = responsesOf(route).filter(([status]) => status >= 400);
        return (
          errors.length > 0 &&
          errors.every(([status, { content = {}, description }]) => {
            const { schema, examples = {} } = content[PROBLEM] ?? { schema: {} };
            const codes = Object.entries(examples);
            return (
              Object.keys(content).join() === PROBLEM &&
              schema.$ref === '#/components/schemas/ProblemModel' &&
              codes.length > 0 &&
              codes.every(([code, { value }]) => {
                const problem = value as { status: number; code: string };
                return (
                  problem.status === status && problem.code === code && description.includes(`\`${code}\``)
                );
              })
            );
          })
        );
      }),
    ).toEqual([]);
  });

  it('can fail, and says so: 500 and 503 everywhere, 400, 413 and 415 where there is a body', () => {
    expect(
      routesWithout(({ operation }) => {
        const needed = operation.requestBody ? ['400', '413', '415', '500', '503'] : ['500', '503'];
        return needed.every((status) => status in operation.responses);
      }),
    ).toEqual([]);
  });

  it('says that it needs a token exactly where it does, with 401 and 403', async () => {
    const wrong: string[] = [];
    for (const route of routes) {
      const answer = await fetch(server.url + withParameters(route.path), { method: route.method });
      const isGuarded = answer.status === 401 && (await answer.text()).includes('TOKEN_MISSING');
      const { security, responses } = route.operation;
      const saysSo = security !== undefined && security.some((scheme) => 'bearer' in scheme);
      const says401 = 'TOKEN_MISSING' in (responses['401']?.content?.[PROBLEM]?.examples ?? {});
      const says403 = 'INSUFFICIENT_SCOPE' in (responses['403']?.content?.[PROBLEM]?.examples ?? {});
      if (saysSo !== isGuarded || says401 !== isGuarded || says403 !== isGuarded) wrong.push(nameOf(route));
    }
    expect(wrong).toEqual([]);
    expect(document.components.securitySchemes).toMatchObject({
      bearer: { type: 'http', scheme: 'bearer' },
      cookie: { type: 'apiKey', in: 'cookie', name: 'latchkey_access' },
      csrf: { type: 'apiKey', in: 'header', name: 'X-CSRF-Token' },
    });
  });

  it('takes a token of a sign-in at /oauth, and a cookie, where it takes a bearer token, to change something only with the CSRF token', () => {
    expect(
      routesWithout(({ method, path, operation: { security = [], responses } }) => {
        if (security.length === 0) return true;
        const [signIn, bearer, cookie, ...others] = security.map((scheme) => Object.keys(scheme).join());
        const saysRejected = 'CSRF_REJECTED' in (responses['403']?.content?.[PROBLEM]?.examples ?? {});
        const writes = method !== 'GET';
        return (
          signIn === 'oauth2' &&
          bearer === 'bearer' &&
          cookie === (writes ? 'cookie,csrf' : 'cookie') &&
          others.length === 0 &&
          saysRejected === (writes || path === '/api/auth/verify')
        );
      }),
    ).toEqual([]);
  });

  it('documents the headers that come with 401, 429 and 503', () => {
    const headersOf = (response: ResponseObject) => Object.keys(response.headers ?? {});
    expect(
      routesWithout((route) =>
        responsesOf(route).every(([status, response]) => {
          if (status === 401) return headersOf(response).includes('WWW-Authenticate');
          if (status === 503) return headersOf(response).includes('Retry-After');
          if (status !== 429) return true;
          return ['Retry-After', 'RateLimit', 'RateLimit-Policy'].every((name) =>
            headersOf(response).includes(name),
          );
        }),
      ),
    ).toEqual([]);
  });

  it('describes its parameters', () => {
    expect(
      routesWithout(({ path, operation }) => {
        const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
        const described = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
        return described.map((parameter) => parameter.name).join() === inPath.join();
      }),
    ).toEqual([]);
  });

  it('that reads a body says what, and that it must be there, but for what a cookie may hold or a default says', () => {
    expect(
      routesWithout(({ path, operation: { requestBody } }) => {
        if (!requestBody) return true;
        const media = requestBody.content['application/json'];
        return (
          requestBody.required !== MAY_LACK_A_BODY.has(path) &&
          media !== undefined &&
          exampleOf(media.schema) !== undefined
        );
      }),
    ).toEqual([]);
  });
});

it('knows no error code that the contract does not', () => {
  const codes = document.components.schemas['ErrorCode']?.enum ?? [];
  expect(codes.length).toBeGreaterThan(20);
  expect(codes.filter((code) => !CONTRACT_CODES.includes(String(code)))).toEqual([]);
});

it('has examples that its own schemas accept', () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addFormat('idn-email', /^[^@\s]+@[^@\s]+$/);
  ajv.addFormat('idn-email', true);
  ajv.addSchema(document, 'openapi');
  const bodies = routes.flatMap((route) => {
    const { requestBody, responses } = route.operation;
    const contents = [requestBody?.content, ...Object.values(responses).map((response) => response.content)];
    return contents.flatMap((content) => Object.values(content ?? {}).map((media) => ({ route, media })));
  });
  const wrong: string[] = [];
  for (const { route, media } of bodies) {
    const pointer = media.schema.$ref ? `openapi${media.schema.$ref}` : undefined;
    const validate = ajv.compile(
      pointer === undefined ? withAbsoluteReferences(media.schema) : { $ref: pointer },
    );
    const examples = Object.values(media.examples ?? {}).map((example) => example.value);
    for (const example of examples.length > 0 ? examples : [exampleOf(media.schema)]) {
      if (!validate(example)) wrong.push(`${nameOf(route)}: ${ajv.errorsText(validate.errors)}`);
    }
  }
  expect(bodies.length).toBeGreaterThan(60);
  expect(wrong).toEqual([]);
});

/** A schema's example, put together from its properties' where it has none itself; undefined if one lacks it. */
function exampleOf(schema: Schema): unknown {
  if (schema.example !== undefined) return schema.example;
  if (schema.$ref !== undefined) {
    const found = document.components.schemas[schema.$ref.split('/').at(-1) ?? ''];
    return found && exampleOf(found);
  }
  if (schema.items) {
    const item = exampleOf(schema.items);
    return item === undefined ? undefined : [item];
  }
  if (schema.oneOf?.[0]) return exampleOf(schema.oneOf[0]);
  if (!schema.properties) return undefined;
  const members = Object.entries(schema.properties).map(([name, property]): [string, unknown] => [
    name,
    exampleOf(property),
  ]);
  return members.some(([, value]) => value === undefined) ? undefined : Object.fromEntries(members);
}

/** Its references lead into the document. */
function withAbsoluteReferences(schema: Schema): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#', '"$ref":"openapi#')) as object;
}
