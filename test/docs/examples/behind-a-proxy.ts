import type { INestApplication } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';

/** The proxies in front, and no one else: what others say in X-Forwarded-For is not believed. */
const PROXIES = ['127.0.0.1', '10.0.0.0/8'];

/** `NestFactory.create<NestExpressApplication>(ShopModule)`, then this. */
export const believeProxies = (app: NestExpressApplication) => app.set('trust proxy', PROXIES);

/** `NestFactory.create(ShopModule, fastifyBehindProxies())`. A hop count is ignored by Fastify. */
export const fastifyBehindProxies = () => new FastifyAdapter({ trustProxy: PROXIES });

/** On both, before `app.listen`; the same origins as the option `corsOrigins`, from which cookies are accepted. */
export function allowBrowsers(app: INestApplication, origins: string[]): void {
  app.enableCors({
    origin: origins,
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', 'X-Auth-Mode', 'X-CSRF-Token'],
    exposedHeaders: ['Link', 'WWW-Authenticate', 'Retry-After', 'RateLimit', 'RateLimit-Policy'],
  });
}
