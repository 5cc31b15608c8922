import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { COMMON_JS_APPLICATION } from './common-js-application.js';
import { EXPRESS_ANSWERS, EXPRESS_APPLICATION } from './express-application.js';
import { PackedApplication } from './packed-application.js';
import { TYPESCRIPT_7 } from './typescript.js';
import { compileFile, compileUses } from './uses-of-types.js';

describe('An application of NestJS 11', () => {
  let application: PackedApplication;

  beforeAll(async () => {
    const names = ['common', 'core', 'platform-express', 'platform-fastify', 'swagger'];
    application = await PackedApplication.install(
      ...names.map((name) => `@nestjs/${name}@11`),
      '@types/node@20',
    );
  }, 300_000);

  afterAll(() => {
    application?.remove();
  });

  it('keeps its one Nest', () => {
    const nests = application.installed().filter((path) => /@nestjs\/(common|core|swagger)$/.test(path));
    expect(nests.toSorted()).toEqual(['@nestjs/common', '@nestjs/core', '@nestjs/swagger']);
  });

  it('compiles uses of all kinds of types, with the declarations of libraries checked', async () => {
    await expect(compileUses(application, TYPESCRIPT_7, '--module', 'nodenext')).resolves.toBe('');
  }, 120_000);

  it('is guarded where it is in CommonJS, and compiles there as module nodenext', async () => {
    application.write('shop.cts', COMMON_JS_APPLICATION);
    await compileFile(application, TYPESCRIPT_7, 'shop.cts', '--module', 'nodenext');
    const { code, output } = await application.run(['--disable-warning=ExperimentalWarning', 'shop.cjs']);
    expect([code, output]).toEqual([0, '401\n']);
  }, 120_000);

  it.each(['express', 'fastify'])('is guarded, and has the routes, on %s', async (platform) => {
    application.write('application.mjs', EXPRESS_APPLICATION);
    expect(JSON.parse(await application.node('application.mjs', platform))).toEqual(EXPRESS_ANSWERS);
  });
});
