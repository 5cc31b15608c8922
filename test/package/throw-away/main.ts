import 'reflect-metadata';
import { type INestApplication, Module, type ModuleMetadata, VersioningType } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { describeUserFields } from 'latchkey';
import type { DirectoryOptions } from '../../docs/examples/directory.js';
import { staff } from '../../docs/examples/staff-fields.js';
import { staffTable } from '../../docs/examples/staff-table.js';
import {
  administrators,
  documents,
  handedIn,
  none,
  replaced,
  type Settings,
  shop,
  some,
} from './applications.js';
import { ownStores } from './own-stores.js';

// Starts seven applications on each platform, and prints where they listen.

// Each application listens for signals.
process.setMaxListeners(0);

const stores = JSON.parse(process.env['STORES'] ?? '[]') as Settings[];
const mailService = process.env['MAIL_SERVICE'] ?? '';
const directory = JSON.parse(process.env['DIRECTORY'] ?? 'null') as DirectoryOptions | null;
const urls: Record<string, string> = {};

async function start(platform: string, name: string, metadata: ModuleMetadata): Promise<INestApplication> {
  @Module(metadata)
  class TeamModule {}
  const options = { logger: false, abortOnError: false } as const;
  const app: INestApplication =
    platform === 'Express'
      ? await NestFactory.create(TeamModule, options)
      : await NestFactory.create(
          TeamModule,
          new FastifyAdapter({ trustProxy: (_address, hop) => hop === 0 }),
          options,
        );
  if (platform === 'Express') app.getHttpAdapter().getInstance().set('trust proxy', 1);
  if (name === 'shop' || name === 'table') {
    app.setGlobalPrefix('shop');
    app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
    const document = SwaggerModule.createDocument(app, new DocumentBuilder().build());
    describeUserFields(app, document);
    documents.set(`${platform} ${name}`, document);
  }
  app.enableShutdownHooks();
  await app.listen(0, '127.0.0.1');
  urls[`${platform} ${name}`] = await app.getUrl();
  return app;
}

for (const platform of ['Express', 'Fastify']) {
  const nextSettings = () => stores.shift() ?? {};
  const named = (name: string) => `${platform} ${name}`;
  await start(platform, 'shop', shop(named('shop'), nextSettings(), staff));
  await start(platform, 'table', shop(named('table'), nextSettings(), staffTable));
  const parts = replaced(named('replaced'), nextSettings(), mailService, directory ?? undefined);
  await start(platform, 'replaced', parts);
  await start(platform, 'some', some(named('some'), nextSettings()));
  await start(platform, 'stores', await ownStores());
  await start(platform, 'none', none(named('none'), nextSettings()));
  const { metadata, pool } = handedIn(named('handed-in'), nextSettings());
  // Closed with an application, the pool would not serve another.
  if (pool) await (await start(platform, 'handed-in', metadata)).close();
  await start(platform, 'handed-in', metadata);
}
process.stdout.write(
  `${JSON.stringify({ urls, administrators: Object.fromEntries(administrators) })}\nListening on http://127.0.0.1\n`,
);
