import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { Clients, CurrentUser, Public, Roles, Scopes } from '../../../src/access/access.decorators.js';
import type { Principal } from '../../../src/common/principal.js';
import { ApiClient, type SignedIn } from '../../support/api-client.js';
import { oauthToken } from '../../support/oauth-tokens.js';
import { expectProblem } from '../support/problems.js';
import { type ExtendedApp, type Platform, startExtendedApp } from './extended-app.js';

@Clients()
@Controller('stock')
class StockController {
  @Get()
  read(@CurrentUser() { subject, clientId, isClient, roles }: Principal): object {
    return { subject, clientId, isClient, roles };
  }

  @Scopes('stock:write')
  @Get('write')
  write(): object {
    return { reached: true };
  }

  @Roles('user')
  @Get('staff')
  staff(): object {
    return { reached: true };
  }

  @Clients(false)
  @Get('people')
  people(): object {
    return { reached: true };
  }
}

@Controller('orders')
class OrdersController {
  @Get()
  mine(@CurrentUser() { subject, clientId, isClient, roles }: Principal): object {
    return { subject, clientId, isClient, roles };
  }

  @Clients()
  @Get('all')
  all(): object {
    return { reached: true };
  }

  @Public()
  @Get('prices')
  prices(): object {
    return { reached: true };
  }
}

@Public()
@UseGuards(AuthGuard('jwt'))
@Controller('passport')
class PassportController {
  @Get()
  read(): object {
    return { reached: true };
  }
}

describe.each<Platform>(['Fastify', 'Express'])('tokens of OAuth clients, on %s', (platform) => {
  let server: ExtendedApp;
  let user: SignedIn;

  beforeAll(async () => {
    const controllers = [StockController, OrdersController, PassportController];
    server = await startExtendedApp(platform, { controllers });
    user = (await new ApiClient(server.url).register()).body;
  });
  afterAll(async () => {
    await server.close();
  });

  const tokenOf = (subject: string, clientId: string, ...scopes: string[]) =>
    oauthToken(server.app, clientId, subject, ...scopes);
  const get = (path: string, token: string) => server.call('GET', path, { token });

  describe('of a client by itself', () => {
    it('are refused where no route says that clients may come, and by passport', async () => {
      const token = await tokenOf('billing', 'billing', 'account', 'stock:write');

      for (const path of [
        '/orders',
        '/stock/people',
        '/api/profile',
        '/api/auth/sessions',
        '/api/auth/verify',
        '/passport',
      ])
        expectProblem(await get(path, token), 403, 'USER_REQUIRED');
      expect((await get('/orders/prices', token)).status).toBe(200);
    });

    it('are taken by a class or a handler with @Clients(), which learns that there is no user', async () => {
      const token = await tokenOf('billing', 'billing');
      const answer = await get('/stock', token);

      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ subject: 'billing', clientId: 'billing', isClient: true, roles: [] });
      expect((await get('/orders/all', token)).status).toBe(200);
    });

    it('pass a gateway that says so, with the scopes that it asks for', async () => {
      const token = await tokenOf('billing', 'billing', 'stock:write');
      const verify = (query: string) => get(`/api/auth/verify${query}`, token);
      const passed = await verify('?clients=true&scopes=stock:write');

      expect(passed.status).toBe(204);
      const told = ['subject', 'client', 'roles', 'scopes', 'session'].map((name) =>
        passed.headers.get(`x-auth-${name}`),
      );
      expect(told).toEqual([
        'billing',
        'billing',
        '',
        'stock:write',
        expect.stringMatching(/^[\da-f-]{36}$/),
      ]);
      expectProblem(await verify('?scopes=stock:write'), 403, 'USER_REQUIRED');
      expectProblem(await verify('?clients=true&scopes=stock:read'), 403, 'INSUFFICIENT_SCOPE');
      expectProblem(await verify('?clients=true&roles=user'), 403, 'INSUFFICIENT_ROLE');
      expectProblem(await verify('?clients=true'), 403, 'INSUFFICIENT_SCOPE');
      expectProblem(await verify('?clients=false'), 400, 'VALIDATION_FAILED');
    });

    it('need the scopes that a route asks for, and have none of its roles', async () => {
      const [without, withScope] = [
        await tokenOf('billing', 'billing'),
        await tokenOf('billing', 'billing', 'stock:write'),
      ];

      expectProblem(await get('/stock/write', without), 403, 'INSUFFICIENT_SCOPE');
      expect((await get('/stock/write', withScope)).status).toBe(200);
      expectProblem(await get('/stock/staff', withScope), 403, 'INSUFFICIENT_ROLE');
    });
  });

  describe('of a user who uses a client', () => {
    it('are a user’s on routes of the team', async () => {
      const token = await tokenOf(user.user.id, 'shop', 'openid');
      const answer = await get('/orders', token);

      expect(answer.body).toEqual({ subject: user.user.id, clientId: 'shop', isClient: false, roles: [] });
      for (const path of ['/stock', '/stock/people', '/passport'])
        expect((await get(path, token)).status).toBe(200);
    });

    it('reach the account with the scope for it alone', async () => {
      const [openid, account] = [
        await tokenOf(user.user.id, 'shop', 'openid', 'profile', 'email', 'roles', 'accounts', 'Account'),
        await tokenOf(user.user.id, 'shop', 'openid', 'account'),
      ];

      for (const path of ['/api/profile', '/api/auth/sessions', '/api/profile/export']) {
        expectProblem(await get(path, openid), 403, 'INSUFFICIENT_SCOPE');
        expect((await get(path, account)).status).toBe(200);
        expect((await get(path, user.accessToken)).status).toBe(200);
      }
      expectProblem(await get('/api/auth/verify', openid), 403, 'INSUFFICIENT_SCOPE');
      expect((await get('/api/auth/verify?scopes=openid', openid)).status).toBe(204);
    });
  });
});
