import type { INestApplication } from '@nestjs/common';
import type { ApplicationOptions } from './application-options.js';
import type { LatchkeyConfig } from './config/config.js';

/**
 * The whole server on Fastify, not yet listening: a `NestFastifyApplication`. Only this needs `fastify` and
 * `@nestjs/platform-fastify`, and, unless `config.http.docs` is off, `@fastify/static`.
 */
export async function createApplication(
  config: LatchkeyConfig,
  options?: ApplicationOptions,
): Promise<INestApplication> {
  const server = await import('./create-application.js');
  return server.createApplication(config, options);
}
