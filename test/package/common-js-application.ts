/** An application in CommonJS, with decorators: prints what a caller without a token is answered. */
export const COMMON_JS_APPLICATION = `
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { LatchkeyModule, Roles } from 'latchkey';
import { InMemoryLatchkey } from 'latchkey/testing';

@Controller('invoices')
class Invoices {
  @Get()
  @Roles('admin')
  all(): object {
    return [];
  }
}

async function main(): Promise<void> {
  const memory = await InMemoryLatchkey.create();
  @Module({ imports: [LatchkeyModule.forRoot(memory.options)], controllers: [Invoices] })
  class Shop {}
  const app = await NestFactory.create(Shop, { logger: false, abortOnError: false });
  await app.listen(0, '127.0.0.1');
  const { status } = await fetch(\`\${await app.getUrl()}/invoices\`);
  await app.close();
  console.log(status);
}
void main();
`;
