import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, UseGuards } from '@nestjs/common';
import {
  JwtAuthGuard,
  ResourceServerModule,
  type ResourceServerSettings,
  Roles,
  RolesGuard,
} from '../../../src/resource-server/index.js';
import { TokensConfig } from '../../../src/config/config.js';
import { SigningKeyRotation } from '../../../src/tokens/keys/signing-key-rotation.js';
import { oauthToken } from '../../support/oauth-tokens.js';
import { type TestApp, startTestApp } from '../../support/test-app.js';
import { expectProblem } from '../support/problems.js';
import { serve, type Service, startService } from './service-under-test.js';

@Controller()
class PartlyGuardedController {
  @Get('open')
  open(): object {
    return { reached: true };
  }

  @UseGuards(JwtAuthGuard, RolesGuard)
  @Roles('user')
  @Get('guarded')
  guarded(): object {
    return { reached: true };
  }
}

describe.each(['Fastify', 'Express'] as const)(
  'A service on %s that takes tokens of a server',
  (platform) => {
    let server: TestApp;
    let service: Service;
    let token: string;
    let subject: string;
    let settings: ResourceServerSettings;
    const others: Service[] = [];
    let isUp = true;

    async function another(changes: Partial<ResourceServerSettings> = {}): Promise<Service> {
      const other = await startService(platform, { ...settings, ...changes });
      others.push(other);
      return other;
    }

    beforeAll(async () => {
      server = await startTestApp();
      const { issuer, audience } = server.app.get(TokensConfig);
      settings = { issuer, audience };
      service = await startService(platform, settings);
      const { body } = await server.api.register();
      token = body.accessToken;
      subject = body.user.id;
    });

    afterAll(async () => {
      for (const other of others) await other.close();
      await service?.close();
      if (isUp) await server?.close();
    });

    it('knows who calls', async () => {
      expect((await service.get('/invoices', token)).body).toEqual({ subject, roles: ['user'] });
      expect((await service.get('/invoices/mine', token)).body).toEqual({ subject });
    });

    it('asks for roles and scopes, and opens what is public', async () => {
      expectProblem(await service.get('/invoices/all', token), 403, 'INSUFFICIENT_ROLE');
      expect((await service.get('/invoices/scoped', token)).status).toBe(200);
      expect((await service.get('/invoices/prices')).status).toBe(200);
    });

    it('takes users who come by an OAuth client, and no client that comes by itself', async () => {
      const [users, own] = [
        await oauthToken(server.app, 'shop', subject, 'profile:read'),
        await oauthToken(server.app, 'billing', 'billing', 'profile:read'),
      ];

      expect((await service.get('/invoices', users)).body).toEqual({ subject, roles: [] });
      for (const path of ['', '/mine', '/all', '/scoped'])
        expectProblem(await service.get(`/invoices${path}`, own), 403, 'USER_REQUIRED');
    });

    it('answers with the challenge of RFC 6750 where there is no token, a wrong one or two', async () => {
      const missing = await service.get('/invoices');
      expectProblem(missing, 401, 'TOKEN_MISSING');
      expect(missing.headers.get('www-authenticate')).toBe('Bearer realm="latchkey"');
      expectProblem(await service.get('/invoices', 'none'), 401, 'TOKEN_INVALID');
    });

    it('reads no cookie: a page of another site could send it', async () => {
      const cookie = `__Host-latchkey_access=${token}; latchkey_access=${token}`;
      expectProblem(await service.get('/invoices', undefined, { cookie }), 401, 'TOKEN_MISSING');
    });

    it('leaves errors of its own to its own filters', async () => {
      const answer = await service.get('/invoices/broken', token);
      expect([answer.status, answer.body]).toEqual([
        500,
        { statusCode: 500, message: 'Internal server error' },
      ]);
    });

    it('takes no token for another audience', async () => {
      const other = await another({ audience: 'https://other.example.com' });
      expectProblem(await other.get('/invoices', token), 401, 'TOKEN_INVALID');
    });

    it('takes the tokens of a key that replaced a revoked one, which it could not know, and no more of that', async () => {
      const fresh = await another();
      expect((await fresh.get('/invoices', token)).status).toBe(200);
      const rotation = server.app.get(SigningKeyRotation);
      const { kid } = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as {
        kid: string;
      };
      await rotation.revoke(kid);
      const { body } = await server.api.register();
      // Ten seconds after it asked the last time.
      fresh.pass(10_000);

      expect((await fresh.get('/invoices', body.accessToken)).status).toBe(200);
      expectProblem(await fresh.get('/invoices', token), 401, 'TOKEN_INVALID');
    });

    it('guards its routes itself where it says so, with settings that come from elsewhere', async () => {
      const module = ResourceServerModule.forRootAsync({
        globalGuards: false,
        useFactory: () => Promise.resolve(settings),
      });
      const partly = await serve(platform, module, [PartlyGuardedController]);
      const { accessToken } = (await server.api.register()).body;

      others.push(partly);
      expect((await partly.get('/open')).status).toBe(200);
      expectProblem(await partly.get('/guarded'), 401, 'TOKEN_MISSING');
      expect((await partly.get('/guarded', accessToken)).status).toBe(200);
    });

    // Ends the server, so it comes last.
    it('goes on without the server, and says that it cannot know a key that it has not', async () => {
      const alone = await another();
      const { accessToken } = (await server.api.register()).body;
      await server.close();
      alone.pass(10_000);

      expect((await alone.get('/invoices', accessToken)).status).toBe(200);
      const [, payload, signature] = accessToken.split('.');
      const header = Buffer.from('{"alg":"ES256","typ":"at+jwt","kid":"other"}').toString('base64url');
      expectProblem(await alone.get('/invoices', `${header}.${payload}.${signature}`), 503, 'UNAVAILABLE');

      const late = await another();
      expectProblem(await late.get('/invoices', accessToken), 503, 'UNAVAILABLE');
      expect((await late.get('/invoices/prices')).status).toBe(200);
    });
  },
);
