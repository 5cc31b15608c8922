import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EXPRESS_ANSWERS, EXPRESS_APPLICATION } from './express-application.js';
import { PackedApplication } from './packed-application.js';

describe('An application of NestJS 11', () => {
  let application: PackedApplication;

  beforeAll(async () => {
    const nest = ['common', 'core', 'platform-express', 'swagger'].map((name) => `@nestjs/${name}@11`);
    application = await PackedApplication.install(...nest);
  }, 300_000);

  afterAll(() => {
    application?.remove();
  });

  it('keeps its one Nest', () => {
    const nests = application.installed().filter((path) => /@nestjs\/(common|core|swagger)$/.test(path));
    expect(nests.toSorted()).toEqual(['@nestjs/common', '@nestjs/core', '@nestjs/swagger']);
  });

  it('is guarded, and has the routes', async () => {
    application.write('application.mjs', EXPRESS_APPLICATION);
    expect(JSON.parse(await application.node('application.mjs'))).toEqual(EXPRESS_ANSWERS);
  });
});
