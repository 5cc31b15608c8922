import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { ApplicationOptions } from './application-options.js';
import { Draining } from './common/draining.js';
import { AllowedMethods } from './common/problem-details/allowed-methods.js';
import { ProblemPages } from './common/problem-details/problem-pages.js';
import { lookForTracing } from './common/tracing/tracing.js';
import type { LatchkeyConfig } from './config/config.js';
import { appliedByServer } from './config/unapplied-settings.js';
import { corsOptions } from './http/cors.js';
import { createFastifyAdapter } from './http/fastify-adapter.js';
import { DOCS_PATH, serveDocs } from './http/openapi.js';
import { LatchkeyModule } from './latchkey.module.js';

/** The whole server on Fastify, not yet listening. */
export async function createApplication(
  config: LatchkeyConfig,
  { logger, ...composition }: ApplicationOptions = {},
): Promise<NestFastifyApplication> {
  await lookForTracing();
  let problemPages: ProblemPages | undefined;
  const adapter = createFastifyAdapter(config, DOCS_PATH, (request, reply) =>
    problemPages?.ofUnreadable(request, reply),
  );
  appliedByServer(config);
  const parts = {
    initialAdmin: false,
    metrics: true,
    pages: config.pages.on,
    // HS256 has no public keys.
    oauth: config.oauth.on && config.tokens.signingAlg !== 'HS256',
    ...composition,
  };
  const app = await NestFactory.create<NestFastifyApplication>(
    LatchkeyModule.forRoot({ config, ...parts }),
    adapter,
    {
      bodyParser: false,
      abortOnError: false,
      ...(logger !== undefined && { logger }),
    },
  );
  problemPages = app.get(ProblemPages);
  const allowedMethods = app.get(AllowedMethods);
  const fastify = adapter.getInstance<FastifyInstance>();
  const draining = app.get(Draining);
  fastify.addHook('onRequest', (_request, reply, done) => {
    if (draining.hasBegun) void reply.header('Connection', 'close');
    done();
  });
  fastify.addHook('onRoute', ({ method, path }) => {
    for (const name of [method].flat()) allowedMethods.add(name, path);
  });
  if (config.http.corsOrigins.length > 0) app.enableCors(corsOptions(config.http.corsOrigins));
  if (config.http.docs) serveDocs(app, parts.pages === true && parts.oauth === true);
  return app;
}
