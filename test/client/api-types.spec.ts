import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { formattedApiTypes } from './api-types.js';

let server: TestApp;

beforeAll(async () => {
  server = await startTestApp();
});
afterAll(async () => {
  await server.close();
});

it('The types of latchkey/client are those of the routes (npm run client-types)', async () => {
  const response = await fetch(`${server.url}/openapi.json`);
  const written = readFileSync(new URL('../../src/client/api-types.ts', import.meta.url), 'utf8');
  expect(written).toBe(await formattedApiTypes(JSON.parse(await response.text())));
});
