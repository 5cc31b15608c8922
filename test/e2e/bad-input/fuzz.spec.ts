import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Problem, RequestOptions } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import {
  type DocumentedRoute,
  fetchDocument,
  type OpenApiDocument,
  routesOf,
  withParameters,
} from '../support/openapi-document.js';
import { expectNoLeak } from '../support/problems.js';
import { Callers, type Role, ROLES } from './callers.js';
import { anyBytes, anyParameters, exampleOf, valueFor } from './random-values.js';

/** Requests a route, all kinds together; `npm run test:search` makes many more. FUZZ_SEED repeats a run that failed. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 40);
/** Of those that take a body: as many again with bytes, and the rest with parameters. */
const RUNS_WITH_BODY = Math.ceil(RUNS * 0.45);
const RUNS_WITHOUT = Math.ceil(RUNS * 0.1);
const TIME_LIMIT = 60_000 + RUNS * 600;
const SEED = process.env['FUZZ_SEED'];

const anyRole = fc.constantFrom(...ROLES);

/** @returns how the property failed, with what repeats it; nothing if it held */
async function failureOf<T>(
  property: fc.IAsyncPropertyWithHooks<[T, Role]>,
  runs: number,
  examples: [T, Role][] = [],
): Promise<string[]> {
  const details = await fc.check(property, {
    numRuns: runs,
    examples,
    ...(SEED !== undefined && { seed: Number(SEED) }),
  });
  return details.failed ? [`${fc.defaultReportMessage(details)}\n${String(details.errorInstance)}`] : [];
}

describe('random requests, anonymous, of users and of administrators,', () => {
  let server: TestApp;
  let callers: Callers;
  let document: OpenApiDocument;
  let routes: DocumentedRoute[];

  beforeAll(async () => {
    server = await startTestApp();
    callers = new Callers(server);
    document = await fetchDocument(server.url);
    routes = routesOf(document);
  });

  afterAll(async () => {
    await server.close();
  });

  /** The client fails on any answer that the document does not describe. */
  async function answerIsDescribed(
    role: Role,
    { method }: DocumentedRoute,
    path: string,
    options: RequestOptions,
  ) {
    const { status, body: answer } = await callers.request<Problem>(role, method, path, options);
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
        const property = fc.asyncProperty(valueFor(schema, document), anyRole, async (value, role) => {
          const body = JSON.stringify(value);
          answers.add(await answerIsDescribed(role, route, withParameters(route.path), { body }));
        });
        // What the document shows comes first, whatever chance brings: not all ends at the first check.
        const example = exampleOf(schema, document);
        failures.push(...(await failureOf(property, RUNS_WITH_BODY, [[example, 'admin']])));
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
        const property = fc.asyncProperty(anyBytes, anyRole, async (bytes, role) => {
          const body = Uint8Array.from(bytes);
          await answerIsDescribed(role, route, withParameters(route.path), { body });
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
      const failures: string[] = [];
      for (const route of routes) {
        const property = fc.asyncProperty(anyParameters, anyRole, async ([value, pairs], role) => {
          const path = withParameters(route.path, encodeURIComponent(value) || 'x');
          const query = new URLSearchParams(pairs).toString();
          await answerIsDescribed(role, route, `${path}?${query}`, {});
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
    const others = new Callers(server);
    for (const role of ['user', 'admin'] as const)
      expect((await others.request(role, 'GET', '/api/profile')).status).toBe(200);
  });
});
