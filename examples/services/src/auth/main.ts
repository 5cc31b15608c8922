import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { LatchkeyModule, loadConfig } from 'latchkey';
import { ready } from '../common/ready.js';
import { setting } from '../common/setting.js';

/** Accounts, sessions, keys, and the feed of revocations. */
@Module({ imports: [LatchkeyModule.forRoot({ config: loadConfig() })] })
class AuthModule {}

const app = await NestFactory.create(AuthModule, { logger: ['error', 'warn'] });
app.enableShutdownHooks();
await app.listen(setting('PORT'), '127.0.0.1');
ready();
