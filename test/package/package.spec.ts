import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, describeWithPostgres, type TestDatabase } from '../support/services/available.js';
import { COMMON_JS_APPLICATION } from './common-js-application.js';
import { EXPRESS_ANSWERS, EXPRESS_APPLICATION } from './express-application.js';
import { OWN_DATABASE_ANSWERS, OWN_DATABASE_APPLICATION } from './own-database-application.js';
import { PackedApplication } from './packed-application.js';
import { limits, pageScriptSize } from './sizes.js';
import { TYPESCRIPT_6, TYPESCRIPT_7 } from './typescript.js';
import { compileFile, compileUses } from './uses-of-types.js';

let application: PackedApplication;

beforeAll(async () => {
  application = await PackedApplication.create();
}, 300_000);

afterAll(() => {
  application?.remove();
});

describe('The tarball', () => {
  it('is smaller than 1.6 MB', () => {
    expect(application.tarball.size).toBeLessThan(limits.tarball);
  });

  it('has a script of less than 15 kB for the pages, compressed', () => {
    expect(pageScriptSize()).toBeLessThan(limits.pageScript);
  });

  it('holds what was built and three documents: no sources, tests, source maps or notes of the compiler', () => {
    const paths = application.tarball.files.map(({ path }) => path);
    const built = /^dist\/[\w./-]+(?<!\.(spec|test))\.(js|d\.ts|sql|json|eta|css)$/;
    expect(paths.filter((path) => !built.test(path))).toEqual(['LICENSE', 'README.md', 'package.json']);
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
    ['6', 'node16', 'node16', TYPESCRIPT_6],
    ['6', 'esnext', 'bundler', TYPESCRIPT_6],
    ['7', 'node16', 'node16', TYPESCRIPT_7],
    ['7', 'esnext', 'bundler', TYPESCRIPT_7],
  ])(
    'compiles by TypeScript %s as module %s, resolved as %s, with the declarations of libraries checked',
    async (_, module, how, compiler) => {
      const options = ['--module', module, '--moduleResolution', how];
      await expect(compileUses(application, compiler, ...options)).resolves.toBe('');
    },
  );

  it('compiles in CommonJS as module nodenext, and runs, which node16 does not allow', async () => {
    application.write('shop.cts', COMMON_JS_APPLICATION);
    await compileFile(application, TYPESCRIPT_6, 'shop.cts', '--module', 'nodenext');
    const { code, output } = await application.run(['--disable-warning=ExperimentalWarning', 'shop.cjs']);
    expect([code, output]).toEqual([0, '401\n']);
    const refused = compileFile(application, TYPESCRIPT_6, 'shop.cts', '--noEmit', '--module', 'node16');
    await expect(refused).rejects.toThrow('TS1479');
  }, 120_000);

  it('is guarded on Express, and has the routes', async () => {
    application.write('application.mjs', EXPRESS_APPLICATION);
    expect(JSON.parse(await application.node('application.mjs'))).toEqual(EXPRESS_ANSWERS);
  });

  it('has a command for operators, and one that starts the server', async () => {
    const [unknown, server] = await Promise.all([
      application.command('latchkey', ['migrations']),
      application.command('latchkey-server', [], { PORT: 'none' }),
    ]);
    expect([unknown.code, unknown.output]).toEqual([
      2,
      expect.stringMatching(/^A command is missing\.\nUsage: latchkey migrations <command>/),
    ]);
    expect([server.code, server.output]).toEqual([1, expect.stringMatching(/^Configuration: PORT must be /)]);
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

  it('migrates it by a command, beforehand', async () => {
    const ended = await shop.command('latchkey', ['migrations', 'run'], {
      DATABASE_URL: database.url,
      DATABASE_SCHEMA: 'auth',
      DATA_DIR: join(shop.path, 'data'),
    });
    expect(ended).toEqual({ code: 0, output: 'The database is up to date.\n' });
  });

  it('hands it in, writes in one transaction with Latchkey, says which routes there are, and has its pool left open', async () => {
    shop.write('shop.mjs', OWN_DATABASE_APPLICATION);
    const { code, output } = await shop.run(['shop.mjs'], { SHOP_DATABASE: database.url });
    expect([code, output]).toEqual([0, expect.stringMatching(/^\{.*\}$/)]);
    expect(JSON.parse(output)).toEqual(OWN_DATABASE_ANSWERS);
  });
});
