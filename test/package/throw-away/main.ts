import 'reflect-metadata';
import { type INestApplication, Module, type ModuleMetadata, VersioningType } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { describeUserFields } from 'latchkey';
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

// Starts four applications on each platform, and prints where they listen.

const stores = JSON.parse(process.env['STORES'] ?? '[]') as Settings[];
const mailService = process.env['MAIL_SERVICE'] ?? '';
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
  if (name === 'shop') {
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
  await start(platform, 'shop', shop(named('shop'), nextSettings()));
  await start(platform, 'replaced', replaced(named('replaced'), nextSettings(), mailService));
  await start(platform, 'some', some(named('some'), nextSettings()));
  await start(platform, 'none', none(named('none'), nextSettings()));
  const settings = nextSettings();
  if (!settings['DATABASE_URL']) continue;
  const { metadata, pool } = await handedIn(named('handed-in'), settings);
  await (await start(platform, 'handed-in', metadata)).close();
  // Closed with an application, the pool would not serve another.
  await start(platform, 'handed-in', metadata);
  await pool.query('select 1');
}
process.stdout.write(
  `${JSON.stringify({ urls, administrators: Object.fromEntries(administrators) })}\nListening on http://127.0.0.1\n`,
);
