import {
  Controller,
  type DynamicModule,
  Get,
  type INestApplication,
  Module,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  Clock,
  CurrentUser,
  type Principal,
  Public,
  ResourceServerModule,
  type ResourceServerOptions,
  Roles,
  Scopes,
} from '../../../src/resource-server/index.js';
import type { Problem } from '../../support/api-client.js';
import type { Answer, Platform } from '../access/extended-app.js';

@Controller('invoices')
class InvoicesController {
  @Get()
  list(@CurrentUser() caller: Principal): object {
    return { subject: caller.subject, roles: caller.roles };
  }

  @Get('mine')
  mine(@CurrentUser('subject') subject: string): object {
    return { subject };
  }

  @Roles('admin')
  @Get('all')
  all(): object {
    return { reached: true };
  }

  @Scopes('profile:read')
  @Get('scoped')
  scoped(): object {
    return { reached: true };
  }

  @Public()
  @Get('prices')
  prices(): object {
    return { reached: true };
  }

  @Get('broken')
  broken(): object {
    throw new Error('of the service itself');
  }
}

/** Another service than the auth server, which takes its tokens. */
export interface Service {
  readonly app: INestApplication;
  readonly url: string;
  get(path: string, token?: string, headers?: Record<string, string>): Promise<Answer>;
  /** By its clock, which otherwise is the system's. */
  setTime(now: () => number): void;
  /** Time passes, as the monotonic clock sees it. */
  pass(milliseconds: number): void;
  close(): Promise<void>;
}

export async function startService(platform: Platform, options: ResourceServerOptions): Promise<Service> {
  return serve(platform, ResourceServerModule.forRoot(options));
}

export async function serve(
  platform: Platform,
  resourceServer: DynamicModule,
  controllers: Type[] = [InvoicesController],
): Promise<Service> {
  @Module({ imports: [resourceServer], controllers })
  class ServiceModule {}

  const adapter = platform === 'Express' ? new ExpressAdapter() : new FastifyAdapter();
  const app = await NestFactory.create(ServiceModule, adapter, { logger: false, abortOnError: false });
  await app.listen(0, '127.0.0.1');
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  const clock = app.get(Clock);
  const monotonic = clock.monotonic.bind(clock);
  let passed = 0;
  clock.monotonic = () => monotonic() + passed;
  return {
    app,
    url,
    get: async (path, token, headers = {}) => {
      const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const response = await fetch(url + path, { headers: { ...authorization, ...headers } });
      return {
        status: response.status,
        headers: response.headers,
        body: (await response.json()) as Problem,
      };
    },
    setTime: (now) => (clock.now = now),
    pass: (milliseconds) => (passed += milliseconds),
    close: () => app.close(),
  };
}
