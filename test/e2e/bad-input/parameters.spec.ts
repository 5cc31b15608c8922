import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Problem } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import {
  type DocumentedRoute,
  fetchDocument,
  type OpenApiDocument,
  routesOf,
} from '../support/openapi-document.js';
import { expectNoLeak } from '../support/problems.js';
import { Callers } from './callers.js';
import { exampleOf } from './random-values.js';

/** As they stand in an address: what PostgreSQL cannot store, what is no UTF-8, what is too long, and what programs take for something else. */
const VALUES = [
  '%00',
  'a%00b',
  '00000000-0000-4000-8000-000000000000%00',
  '%ED%A0%80',
  '%EF%BF%BE',
  '%F0%9F%98%80',
  '%0A',
  '%20',
  '%27',
  '%7B%7D',
  '..%2f..',
  'constructor',
  '__proto__',
  'NaN',
  '-1',
  '1e309',
  '99999999999999999999',
  '+275760-09-13T00%3A00%3A00.001Z',
  '-271821-04-20T00%3A00%3A00Z',
  'AA%3D%3D',
  'a'.repeat(10_000),
];
const PATIENCE = 120_000;

let server: TestApp;
let callers: Callers;
let document: OpenApiDocument;
/** Of somebody that there is. */
let userId: string;

beforeAll(async () => {
  server = await startTestApp();
  callers = new Callers(server);
  document = await fetchDocument(server.url);
  userId = (await server.api.register()).body.user.id;
});
afterAll(() => server.close());

/** The route's addresses in which one parameter has such a value, and the others good ones. */
function addressesOf({ path, operation }: DocumentedRoute): string[] {
  const { parameters = [] } = operation;
  const filled = (odd?: string, value = '') =>
    path.replaceAll(/\{([^}]+)\}/g, (_whole, name: string) => (name === odd ? value : userId));
  return parameters.flatMap(({ name, in: place }) => {
    if (place === 'path') return VALUES.map((value) => filled(name, value));
    return place === 'query' ? VALUES.map((value) => `${filled()}?${name}=${value}`) : [];
  });
}

it(
  'a parameter of any route that is odd, in the path or the query, is answered to an administrator, and never by 5xx',
  async () => {
    const failures: string[] = [];
    let asked = 0;
    for (const route of routesOf(document)) {
      const schema = route.operation.requestBody?.content['application/json']?.schema;
      const json = schema && exampleOf(schema, document);
      for (const address of addressesOf(route)) {
        const options = { headers: { 'if-match': '"1"' }, ...(json !== undefined && { json }) };
        const { status, body } = await callers.request<Problem>('admin', route.method, address, options);
        asked += 1;
        if (status >= 500) failures.push(`${route.method} ${address.slice(0, 120)}: ${status}`);
        if (status >= 400) expectNoLeak({ ...body, errors: undefined });
      }
    }
    expect(failures).toEqual([]);
    expect(asked).toBeGreaterThan(500);
  },
  PATIENCE,
);
