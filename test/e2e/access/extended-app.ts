import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import type { INestApplication } from '@nestjs/common';
import type { InitialAdmin } from '../../../src/admin/initial-admin-account.js';
import { InitialAdminService } from '../../../src/admin/initial-admin.service.js';
import { Clock } from '../../../src/common/clock.js';
import { createFastifyAdapter } from '../../../src/http/fastify-adapter.js';
import { DOCS_PATH, serveDocs } from '../../../src/http/openapi.js';
import { LatchkeyModule } from '../../../src/latchkey.module.js';
import type { LatchkeyConfig } from '../../../src/config/config.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { reservePort } from '../../../src/http/free-port.js';
import type { Problem } from '../../support/api-client.js';
import { OffsetClock } from '../../support/offset-clock.js';
import type { TestEnvironment } from '../../support/test-config.js';
import { createTestStore } from '../../support/test-store.js';

export type Platform = 'Fastify' | 'Express';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Problem;
}

/** An application of a team: the whole of Latchkey, and controllers of its own. */
export interface ExtendedApp {
  readonly app: INestApplication;
  readonly url: string;
  readonly clock: OffsetClock;
  readonly initialAdmin: InitialAdmin | undefined;
  /** The team's routes are in no document, so their answers are not held against one. */
  call(
    method: string,
    path: string,
    options?: { token?: string; headers?: Record<string, string> },
  ): Promise<Answer>;
  close(): Promise<void>;
}

export interface ExtendedAppOptions {
  readonly controllers?: Type[];
  readonly environment?: TestEnvironment;
  /** How the application imports Latchkey. */
  readonly latchkey?: (config: LatchkeyConfig) => DynamicModule;
  /** Of Fastify, in place of the server's. */
  readonly fastify?: () => FastifyAdapter;
  /** What else its main.ts does, e.g. sets a global prefix. */
  readonly configure?: (app: INestApplication) => void;
}

const importLatchkey = (config: LatchkeyConfig) => LatchkeyModule.forRoot({ config, initialAdmin: false });

export async function startExtendedApp(
  platform: Platform,
  {
    controllers = [],
    environment = {},
    latchkey = importLatchkey,
    fastify,
    configure,
  }: ExtendedAppOptions = {},
): Promise<ExtendedApp> {
  const store = await createTestStore({ environment });
  const reserved = await reservePort('127.0.0.1', 0);
  const config = loadConfig(store.environment, reserved.port);

  @Module({ imports: [latchkey(config)], controllers })
  class TeamModule {}

  const options = { logger: false, abortOnError: false } as const;
  const app: INestApplication =
    platform === 'Express'
      ? await NestFactory.create(TeamModule, new ExpressAdapter(), options)
      : await NestFactory.create<NestFastifyApplication>(
          TeamModule,
          fastify?.() ?? createFastifyAdapter(config, DOCS_PATH),
          { ...options, bodyParser: fastify !== undefined },
        );
  const clock = OffsetClock.replace(app.get(Clock));
  configure?.(app);
  serveDocs(app, false);
  await app.init();
  const initialAdmin = await app.get(InitialAdminService).ensure();
  await reserved.release();
  await app.listen(reserved.port, '127.0.0.1');
  const url = `http://127.0.0.1:${reserved.port}`;
  return {
    app,
    url,
    clock,
    initialAdmin,
    call: async (method, path, { token, headers = {} } = {}) => {
      const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const response = await fetch(url + path, { method, headers: { ...authorization, ...headers } });
      const text = await response.text();
      const body = (text === '' ? {} : JSON.parse(text)) as Problem;
      return { status: response.status, headers: response.headers, body };
    },
    close: async () => {
      await app.close();
      await store.remove();
    },
  };
}
