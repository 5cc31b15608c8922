import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { hearing } from '../../docs/examples/heard-revocations.js';
import { InvoicesController, InvoicesModule } from '../../docs/examples/invoices-service.js';

// Starts two services on each platform, one of which hears of revocations, and prints where they listen.

const { ISSUER = '', AUDIENCE = '', FEED_TOKEN = '' } = process.env;

@Module({ imports: [hearing(ISSUER, AUDIENCE, FEED_TOKEN)], controllers: [InvoicesController] })
class HearingModule {}

const urls: Record<string, string> = {};
for (const platform of ['Express', 'Fastify']) {
  for (const [name, module] of Object.entries({ alone: InvoicesModule, hearing: HearingModule })) {
    const options = { logger: false, abortOnError: false } as const;
    const app =
      platform === 'Express'
        ? await NestFactory.create(module, options)
        : await NestFactory.create(module, new FastifyAdapter(), options);
    app.enableShutdownHooks();
    await app.listen(0, '127.0.0.1');
    urls[`${platform} ${name}`] = await app.getUrl();
  }
}
process.stdout.write(`${JSON.stringify(urls)}\nListening on http://127.0.0.1\n`);
