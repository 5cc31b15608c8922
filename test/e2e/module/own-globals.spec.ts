import { Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessTokenIssuer, isOfLatchkey, LatchkeyModule, SessionsService } from 'latchkey';
import { decodeJwt } from 'jose';
import { leftToUs, ourGlobals, ShelvesController } from '../../docs/examples/own-globals.js';
import { ApiClient, uniqueEmail } from '../../support/api-client.js';
import { type ExtendedApp, type Platform, startExtendedApp } from '../access/extended-app.js';

@Module({ controllers: [ShelvesController], providers: ourGlobals })
class ShelvesModule {}

describe.each<Platform>(['Fastify', 'Express'])(
  'With guards, filter and pipe left to the application, on %s',
  (platform) => {
    let app: ExtendedApp;
    let member: string;
    let admin: string;

    beforeAll(async () => {
      app = await startExtendedApp(platform, {
        latchkey: (config) =>
          LatchkeyModule.forRoot({ config, initialAdmin: false, imports: [ShelvesModule], ...leftToUs }),
      });
      ({ accessToken: member } = (await new ApiClient(app.url).register()).body);
      const session = await app.app.get(SessionsService).find(decodeJwt(member)['sid'] as string);
      const grant = { roles: ['admin'], scopes: [] };
      if (session) ({ accessToken: admin } = await app.app.get(AccessTokenIssuer).issue(session, grant));
    });
    afterAll(() => app.close());

    const post = (path: string, body: object, token?: string) =>
      fetch(app.url + path, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(body),
      });

    it("the application's own routes are open where it puts no guard, and guarded where it does", async () => {
      expect((await app.call('GET', '/shelves')).status).toBe(200);
      const statuses = await Promise.all(
        [undefined, member, admin].map(
          async (token) => (await post('/shelves', { name: 'A' }, token)).status,
        ),
      );
      expect(statuses).toEqual([401, 403, 201]);
    });

    it('own-globals.ts answers in its own form, but for what Latchkey refuses', async () => {
      const wrong = await post('/shelves', {}, admin);
      expect([wrong.status, await wrong.json()]).toEqual([
        400,
        { statusCode: 400, error: 'Bad Request', message: ['name must be a string'] },
      ]);
      const none = await app.call('GET', '/nowhere');
      expect([none.status, none.body]).toMatchObject([404, { statusCode: 404 }]);
      const anonymous = await post('/shelves', {});
      expect(anonymous.headers.get('www-authenticate')).toMatch(/^Bearer/);
      expect(await anonymous.json()).toMatchObject({ code: 'TOKEN_MISSING' });
    });

    it("Latchkey's own stay protected, by role and by scope, too", async () => {
      const anonymous = await app.call('GET', '/api/profile');
      expect(anonymous).toMatchObject({ status: 401, body: { code: 'TOKEN_MISSING' } });
      expect(anonymous.headers.get('content-type')).toMatch('application/problem+json');
      expect(anonymous.headers.get('www-authenticate')).toMatch(/^Bearer/);
      expect((await app.call('GET', '/api/profile', { token: `${member}x` })).body.code).toBe(
        'TOKEN_INVALID',
      );
      expect((await app.call('GET', '/api/admin', { token: member })).body.code).toBe('INSUFFICIENT_ROLE');
      expect((await app.call('GET', '/api/profile', { token: member })).status).toBe(200);
      expect((await app.call('GET', '/api/admin', { token: admin })).status).toBe(200);
    });

    it("Latchkey's own refuse what is wrong with a body, field by field", async () => {
      const answer = await post('/api/auth/register', { email: uniqueEmail(), role: 'admin' });
      expect(answer.headers.get('content-type')).toMatch('application/problem+json');
      const { code, errors } = (await answer.json()) as { code: string; errors: { field: string }[] };
      expect([answer.status, code, errors.map(({ field }) => field)]).toEqual([
        400,
        'VALIDATION_FAILED',
        ['role', 'password'],
      ]);
    });

    it("finds that every controller but the application's is Latchkey's", () => {
      const controllers = [...app.app.get(ModulesContainer).values()].flatMap((module) =>
        [...module.controllers.values()].map(({ metatype }) => metatype),
      );
      expect(controllers.length).toBeGreaterThan(20);
      expect(controllers.filter((controller) => !isOfLatchkey(controller))).toEqual([ShelvesController]);
    });
  },
);
