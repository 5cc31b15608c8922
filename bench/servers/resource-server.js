// A service of its own with latchkey/resource-server: the issuer's keys, its feed of revocations, the guards. Decorators
// applied by hand, since this file is not compiled.
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { importBuilt } from '../support/application.js';

/** @import { Principal } from '../../src/resource-server/index.js' */

const { CurrentUser, ResourceServerModule } =
  /** @type {typeof import('../../src/resource-server/index.js')} */ (
    await importBuilt('resource-server/index.js')
  );
const { ISSUER: issuer = '', FEED_TOKEN: token } = process.env;

class ProfileController {
  /** @param {Principal} caller */
  profile({ subject, roles, scopes }) {
    return { subject, roles, scopes };
  }
}
const profile = Object.getOwnPropertyDescriptor(ProfileController.prototype, 'profile');
Get('profile')(ProfileController.prototype, 'profile', /** @type {any} */ (profile));
CurrentUser()(ProfileController.prototype, 'profile', 0);
Controller()(ProfileController);

class AppModule {}
Module({
  imports: [
    ResourceServerModule.forRoot({
      issuer,
      audience: issuer,
      ...(token !== undefined && { revocations: { token } }),
    }),
  ],
  controllers: [ProfileController],
})(AppModule);

const app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: ['error', 'warn'] });
app.enableShutdownHooks();
await app.listen(0, '127.0.0.1');
process.stdout.write(`ready ${await app.getUrl()}\n`);
