/** The whole of Latchkey in an application of Express, or of `fastify` if it is told so, as its callers find it: prints what they are answered. */
export const EXPRESS_APPLICATION = `
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { LatchkeyModule, Public, Roles } from 'latchkey';

class Invoices {
  all() { return []; }
  terms() { return ['thirty days']; }
}
Controller('invoices')(Invoices);
for (const [name, decorators] of [['all', [Get(), Roles('admin')]], ['terms', [Get('terms'), Public()]]]) {
  for (const decorate of decorators) decorate(Invoices.prototype, name, Object.getOwnPropertyDescriptor(Invoices.prototype, name));
}
class Shop {}
const data = mkdtempSync(join(process.cwd(), 'data-'));
Module({ imports: [LatchkeyModule.forRoot({ dataDir: data, initialAdmin: false })], controllers: [Invoices] })(Shop);

const adapter = process.argv[2] === 'fastify' ? [new (await import('@nestjs/platform-fastify')).FastifyAdapter()] : [];
const app = await NestFactory.create(Shop, ...adapter, { logger: false, abortOnError: false });
await app.listen(0, '127.0.0.1');
const url = await app.getUrl();
const ada = { name: 'Ada', email: 'ada@example.com', password: 'correct horse battery staple' };
const registered = await fetch(url + '/api/auth/register', {
  method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(ada),
});
const { accessToken } = await registered.json();
const status = async (path, token) =>
  (await fetch(url + path, { headers: token ? { authorization: 'Bearer ' + token } : {} })).status;
const answers = {
  registered: registered.status,
  anonymous: await status('/invoices'),
  public: await status('/invoices/terms'),
  withoutRole: await status('/invoices', accessToken),
  profile: await status('/api/profile', accessToken),
  jwks: await status('/.well-known/jwks.json'),
};
await app.close();
rmSync(data, { recursive: true });
process.stdout.write(JSON.stringify(answers));
`;

export const EXPRESS_ANSWERS = {
  registered: 201,
  anonymous: 401,
  public: 200,
  withoutRole: 403,
  profile: 200,
  jwks: 200,
};
