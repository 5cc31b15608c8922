import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, describeWithPostgres, type TestDatabase } from '../support/services/available.js';
import { EXPRESS_ANSWERS, EXPRESS_APPLICATION } from './express-application.js';
import { OWN_DATABASE_ANSWERS, OWN_DATABASE_APPLICATION } from './own-database-application.js';
import { PackedApplication } from './packed-application.js';

const TYPESCRIPT = join(process.cwd(), 'node_modules/typescript/bin/tsc');

const USES_OF_TYPES = `
import { Controller, Get, Module, type INestApplication } from '@nestjs/common';
import {
  createApplication, CurrentUser, JwtAuthGuard, LatchkeyModule, loadConfig, PostgresAuditSink, type Principal, Roles,
  SessionsRepository, type User, UsersRepository,
} from 'latchkey';
import { createLatchkeyClient } from 'latchkey/client';
import { TestIssuer } from 'latchkey/testing';

@Controller('invoices')
class Invoices {
  @Get()
  @Roles('admin')
  list(@CurrentUser() caller: Principal): string {
    return caller.subject;
  }
}

@Module({ imports: [LatchkeyModule.forRoot({ config: loadConfig() })], controllers: [Invoices] })
export class Shop {}

export const application: Promise<INestApplication> = createApplication(loadConfig());
export const found = (users: UsersRepository): Promise<User | undefined> => users.findById('id');
export const values = [JwtAuthGuard, PostgresAuditSink, SessionsRepository, TestIssuer, createLatchkeyClient];
// @ts-expect-error -- types are there, and are not any
loadConfig().http.port.toUpperCase();
`;

let application: PackedApplication;

beforeAll(async () => {
  application = await PackedApplication.create();
}, 300_000);

afterAll(() => {
  application?.remove();
});

describe('The tarball', () => {
  it('is smaller than 1.5 MB', () => {
    expect(application.tarball.size).toBeLessThan(1_500_000);
  });

  it('holds what was built and four documents: no sources, tests, source maps or notes of the compiler', () => {
    const paths = application.tarball.files.map(({ path }) => path);
    const built = /^dist\/[\w./-]+(?<!\.(spec|test))\.(js|d\.ts|sql|json)$/;
    expect(paths.filter((path) => !built.test(path))).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'package.json',
    ]);
  });
});

describe('An application that installs it', () => {
  it('has one Nest, its own', () => {
    const nests = application.installed().filter((path) => /@nestjs\/(common|core)$/.test(path));
    expect(nests.toSorted()).toEqual(['@nestjs/common', '@nestjs/core']);
  });

  it('is given no Fastify, and no client of Redis', () => {
    expect(application.installed().filter((path) => /fastify|redis/.test(path))).toEqual([]);
  });

  it.each([
    ['node16', 'node16'],
    ['esnext', 'bundler'],
  ])(
    'compiles as module %s, resolved as %s, with the declarations of libraries checked',
    async (module, how) => {
      application.write('types.mts', USES_OF_TYPES);
      const options = [
        '--strict',
        '--experimentalDecorators',
        '--emitDecoratorMetadata',
        '--target',
        'es2022',
      ];
      const resolution = ['--module', module, '--moduleResolution', how, '--types', 'node'];
      await expect(
        application.node(
          TYPESCRIPT,
          '--noEmit',
          '--skipLibCheck',
          'false',
          ...options,
          ...resolution,
          'types.mts',
        ),
      ).resolves.toBe('');
    },
  );

  it('is guarded on Express, and has the routes', async () => {
    application.write('application.mjs', EXPRESS_APPLICATION);
    expect(JSON.parse(await application.node('application.mjs'))).toEqual(EXPRESS_ANSWERS);
  });

  it('imports it as an ES module', async () => {
    application.write(
      'import.mjs',
      "import { LatchkeyModule } from 'latchkey';\nconsole.log(LatchkeyModule.name);",
    );
    expect(await application.node('import.mjs')).toBe('LatchkeyModule\n');
  });

  it('requires it from CommonJS, and gets the same module', async () => {
    application.write(
      'require.cjs',
      `const required = require('latchkey');
      import('latchkey').then((imported) => console.log(required.LatchkeyModule === imported.LatchkeyModule));`,
    );
    expect(await application.node('--disable-warning=ExperimentalWarning', 'require.cjs')).toBe('true\n');
  });
});

describeWithPostgres('An application with a database and a version of pg of its own', () => {
  let database: TestDatabase;
  let shop: PackedApplication;

  beforeAll(async () => {
    database = await createDatabase();
    shop = await PackedApplication.create('pg@8.11.6');
  }, 300_000);
  afterAll(async () => {
    shop?.remove();
    await database.drop();
  });

  it('hands it in, writes in one transaction with Latchkey, says which routes there are, and has its pool left open', async () => {
    shop.write('shop.mjs', OWN_DATABASE_APPLICATION);
    const { code, output } = await shop.run(['shop.mjs'], { SHOP_DATABASE: database.url });
    expect([code, output]).toEqual([0, expect.stringMatching(/^\{.*\}$/)]);
    expect(JSON.parse(output)).toEqual(OWN_DATABASE_ANSWERS);
  });
});
