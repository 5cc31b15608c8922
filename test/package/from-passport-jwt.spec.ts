import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { PackedApplication } from './packed-application.js';
import { ServedApplication } from './served-application.js';

const EXAMPLE = 'examples/from-passport-jwt';
/** As that of a new application of NestJS. */
const TSCONFIG = JSON.stringify({
  compilerOptions: {
    target: 'ES2023',
    module: 'nodenext',
    types: ['node'],
    rootDir: '.',
    outDir: 'dist',
    strict: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
  },
  include: ['before', 'after'],
});
const CREDENTIALS = { email: 'john@example.com', password: 'changeme' };

let application: PackedApplication;
let served: ServedApplication | undefined;

async function serve(file: string): Promise<ServedApplication> {
  served = await ServedApplication.start(application, file);
  return served;
}

beforeAll(async () => {
  // What else it installs are dependencies of Latchkey, too, but their types are not.
  const own = ['@nestjs/passport@12', '@types/passport-jwt@4', '@types/node@20'];
  application = await PackedApplication.create(...own);
  application.write('package.json', JSON.stringify({ name: 'application', private: true, type: 'module' }));
  for (const part of ['before', 'after'])
    cpSync(join(EXAMPLE, part), join(application.path, part), { recursive: true });
  application.write('tsconfig.json', TSCONFIG);
  await application.node(join(process.cwd(), 'node_modules/typescript/bin/tsc'));
}, 300_000);

afterAll(() => {
  application?.remove();
});

afterEach(() => served?.stop());

describe('The application of the passport-jwt tutorial', () => {
  it('logs its user in, and knows the caller, before', async () => {
    const server = await serve('dist/before/src/main.js');
    const login = await server.post('/auth/login', CREDENTIALS);
    const { access_token: token } = login.body;

    expect([login.status, (await server.get('/orders')).status]).toEqual([200, 401]);
    expect((await server.get('/orders', token)).body).toEqual({ customer: 1 });
    expect((await server.get('/orders/terms')).status).toBe(200);
  });

  it('logs the same user in, with the same password, and knows the same caller, after', async () => {
    const server = await serve('dist/after/src/main.js');
    const login = await server.post('/api/auth/login', CREDENTIALS);
    const { accessToken: token, refreshToken } = login.body;

    expect([login.status, (await server.get('/orders')).status]).toEqual([200, 401]);
    expect((await server.get('/orders', token)).body).toEqual({ customer: 1 });
    expect((await server.get('/orders/terms')).status).toBe(200);
    expect((await server.post('/api/auth/refresh', { refreshToken })).status).toBe(200);
  });
});
