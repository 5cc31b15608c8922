import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { codeIn, routesIn, sectionOf, tableRows } from '../../support/markdown-section.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { fetchDocument, type OpenApiDocument, routesOf, type Schema } from '../support/openapi-document.js';

type Fields = Record<string, string[]>;

let server: TestApp;
let document: OpenApiDocument;

beforeAll(async () => {
  server = await startTestApp();
  document = await fetchDocument(server.url);
});
afterAll(async () => {
  await server.close();
});

const api = () => routesOf(document).filter(({ path }) => path.startsWith('/api/'));
const schemaNamed = (reference: string) => document.components.schemas[nameOf(reference)];

it('docs/security.md says of every field of every answer who may read it', () => {
  const written = tableRows(sectionOf('security.md', 'What is read')).map(
    ([model = '', fields = '', who = '']) => {
      expect(who).toMatch(/./);
      return [codeIn(model)[0] ?? '', codeIn(fields).toSorted()];
    },
  );
  const found: Fields = {};
  for (const { operation } of api()) {
    for (const [status, { content = {} }] of Object.entries(operation.responses)) {
      if (Number(status) >= 300) continue;
      for (const { schema } of Object.values(content)) collect(schema, found);
    }
  }
  expect(Object.fromEntries(written)).toEqual(found);
});

it('docs/security.md says of every field of every body who may write it', () => {
  const written: Fields = {};
  const writers: Record<string, string> = {};
  for (const [route = '', fields = '', who = ''] of tableRows(sectionOf('security.md', 'What is written'))) {
    for (const name of routesIn(route)) {
      written[name] = codeIn(fields).toSorted();
      writers[name] = /^(anyone|holder|the user|administrators)/.exec(who)?.[0] ?? '';
    }
  }
  const found: Fields = {};
  for (const { method, path, operation } of api()) {
    const schema = operation.requestBody?.content['application/json']?.schema;
    if (!schema) continue;
    const name = `${method} ${path}`;
    found[name] = Object.keys((schema.$ref ? schemaNamed(schema.$ref) : schema)?.properties ?? {}).toSorted();
    const holder = path.startsWith('/api/admin') ? 'administrators' : 'the user';
    const who = operation.security ? holder : expect.stringMatching(/^(anyone|holder)$/);
    expect([name, writers[name]]).toEqual([name, who]);
  }
  expect(written).toEqual(found);
});

/** The fields of each named model that can be reached. */
function collect(schema: Schema, found: Fields): void {
  if (schema.$ref) {
    const name = nameOf(schema.$ref);
    const model = schemaNamed(schema.$ref);
    if (!model || name in found) return;
    if (model.properties) found[name] = Object.keys(model.properties).toSorted();
    collect(model, found);
    return;
  }
  const { allOf = [] } = schema as { allOf?: Schema[] };
  const inner = [...Object.values(schema.properties ?? {}), ...(schema.oneOf ?? []), ...allOf];
  for (const each of schema.items ? [...inner, schema.items] : inner) collect(each, found);
}

function nameOf(reference: string): string {
  return reference.split('/').at(-1) ?? '';
}
