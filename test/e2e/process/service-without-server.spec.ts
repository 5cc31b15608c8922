import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const RESOURCE_SERVER = new URL('../../../dist/resource-server/index.js', import.meta.url).href;

/** A service as `nest new` makes it: nothing but its start keeps the process. */
const SERVICE = `
  import 'reflect-metadata';
  import { Module } from '@nestjs/common';
  import { NestFactory } from '@nestjs/core';
  import { ResourceServerModule } from '${RESOURCE_SERVER}';

  class AppModule {}
  Module({
    imports: [
      ResourceServerModule.forRoot({
        issuer: 'http://127.0.0.1:1',
        audience: 'https://api.example.com',
        revocations: { token: '${'x'.repeat(32)}' },
      }),
    ],
  })(AppModule);
  async function bootstrap() {
    const app = await NestFactory.create(AppModule, { logger: false });
    await app.listen(0, '127.0.0.1');
    const { status } = await fetch(await app.getUrl());
    console.log('listens, and answers', status);
    await app.close();
  }
  void bootstrap();
`;

it('a service starts while neither the server nor its feed of revocations is there', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', SERVICE], {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    env: { PATH: process.env['PATH'] },
  });
  expect(stdout).toBe('listens, and answers 404\n');
});
