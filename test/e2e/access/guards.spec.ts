import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { All, Controller, Get, Post, Req, UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { CurrentUser, Public, Roles, Scopes } from '../../../src/access/access.decorators.js';
import type { AuthenticatedRequest } from '../../../src/access/authenticated-request.js';
import { UnavailableError } from '../../../src/common/errors/latchkey-error.js';
import type { Principal } from '../../../src/common/principal.js';
import { RevocationList } from '../../../src/tokens/revocation/revocation-list.js';
import { ApiClient, PASSWORD, type SignedIn } from '../../support/api-client.js';
import { expectProblem } from '../support/problems.js';
import { type ExtendedApp, type Platform, startExtendedApp } from './extended-app.js';

const NEW_PASSWORD = 'purple monkey dishwasher tuesday';

@Controller('undecorated')
class UndecoratedController {
  @Get()
  read(): object {
    return { reached: true };
  }

  @Post()
  write(): object {
    return { reached: true };
  }

  @All('any')
  any(): object {
    return { reached: true };
  }

  @Public()
  @Get('open')
  open(): object {
    return { reached: true };
  }
}

@Public()
@Controller('open')
class OpenController {
  @Get()
  read(): object {
    return { reached: true };
  }

  @Public(false)
  @Get('closed')
  closed(): object {
    return { reached: true };
  }

  @Roles('user')
  @Get('contradiction')
  contradiction(): object {
    return { reached: true };
  }

  @Scopes('profile:read')
  @Get('scope-contradiction')
  scopeContradiction(): object {
    return { reached: true };
  }

  @Get('caller')
  caller(@CurrentUser() caller: Principal | undefined): object {
    return { caller: caller ?? null };
  }
}

@Roles('admin')
@Controller('staff')
class StaffController {
  @Get()
  read(): object {
    return { reached: true };
  }

  @Roles('user')
  @Get('users')
  users(): object {
    return { reached: true };
  }

  @Roles('owner', 'user')
  @Get('either')
  either(): object {
    return { reached: true };
  }

  @Roles()
  @Get('nobody')
  nobody(): object {
    return { reached: true };
  }

  @Scopes('profile:read')
  @Get('scoped')
  scoped(): object {
    return { reached: true };
  }
}

@Scopes('users:write')
@Controller('scoped')
class ScopedController {
  @Get()
  read(): object {
    return { reached: true };
  }

  @Scopes('profile:read')
  @Get('own')
  own(): object {
    return { reached: true };
  }

  @Scopes('profile:read', 'profile:write')
  @Get('both')
  both(): object {
    return { reached: true };
  }

  @Scopes('profile:read', 'users:read')
  @Get('one-of-two')
  oneOfTwo(): object {
    return { reached: true };
  }

  @Scopes('profile')
  @Get('prefix')
  prefix(): object {
    return { reached: true };
  }
}

@Controller('me')
class MeController {
  @Get()
  all(@CurrentUser() caller: Principal): object {
    return { caller, frozen: Object.isFrozen(caller) && Object.isFrozen(caller.roles) };
  }

  @Get('subject')
  one(@CurrentUser('subject') subject: string, @CurrentUser('roles') roles: string[]): object {
    return { subject, roles };
  }
}

/** The global guard is out of the way, so that passport alone decides. */
@Public()
@UseGuards(AuthGuard('jwt'))
@Controller('passport')
class PassportController {
  @Get()
  read(@Req() request: AuthenticatedRequest): object {
    return { user: request.user };
  }
}

const CONTROLLERS = [
  UndecoratedController,
  OpenController,
  StaffController,
  ScopedController,
  MeController,
  PassportController,
];

describe.each<Platform>(['Fastify', 'Express'])('guards on %s', (platform) => {
  let server: ExtendedApp;
  let api: ApiClient;
  let user: SignedIn;
  let admin: SignedIn;

  beforeAll(async () => {
    server = await startExtendedApp(platform, { controllers: CONTROLLERS });
    api = new ApiClient(server.url);
    user = (await api.register()).body;
    const { email, password } = server.initialAdmin ?? { email: '', password: '' };
    const { accessToken: token } = (await api.login(email, password)).body;
    await api.post(
      '/api/auth/password/change',
      { currentPassword: password, newPassword: NEW_PASSWORD },
      { token },
    );
    admin = (await api.login(email, NEW_PASSWORD)).body;
  });

  afterAll(async () => {
    await server.close();
  });

  const statusOf = async (path: string, token?: string) =>
    (await server.call('GET', path, token === undefined ? {} : { token })).status;

  describe('a route that says nothing about access', () => {
    it.each([
      ['GET', '/undecorated'],
      ['POST', '/undecorated'],
      ['GET', '/undecorated/any'],
      ['DELETE', '/undecorated/any'],
      ['OPTIONS', '/undecorated/any'],
    ])('needs a token: %s %s', async (method, path) => {
      const stranger = await server.call(method, path);
      expectProblem(stranger, 401, 'TOKEN_MISSING');
      expectProblem(await server.call(method, path, { token: 'nonsense' }), 401, 'TOKEN_INVALID');
      const member = await server.call(method, path, { token: user.accessToken });
      expect(member.body).toEqual({ reached: true });
    });

    it('needs a token for HEAD, too', async () => {
      expect((await server.call('HEAD', '/undecorated')).status).toBe(401);
      expect((await server.call('HEAD', '/undecorated', { token: user.accessToken })).status).toBe(200);
    });
  });

  describe('@Public', () => {
    it('opens a handler, and not its neighbours', async () => {
      expect(await statusOf('/undecorated/open')).toBe(200);
      expect(await statusOf('/undecorated')).toBe(401);
    });

    it('opens a class, but for the handlers that say no', async () => {
      expect(await statusOf('/open')).toBe(200);
      expectProblem(await server.call('GET', '/open/closed'), 401, 'TOKEN_MISSING');
      expect(await statusOf('/open/closed', user.accessToken)).toBe(200);
    });

    it('reads no token, so that a bad one does no harm', async () => {
      expect(await statusOf('/open', 'nonsense')).toBe(200);
      expect((await server.call('GET', '/open/caller', { token: user.accessToken })).body).toEqual({
        caller: null,
      });
    });

    it('does not open what asks for a role or a scope', async () => {
      expect(await statusOf('/open/contradiction')).toBe(401);
      expect(await statusOf('/open/scope-contradiction')).toBe(401);
    });
  });

  describe('@Roles', () => {
    it('on a class guards all its handlers', async () => {
      expectProblem(await server.call('GET', '/staff'), 401, 'TOKEN_MISSING');
      const refused = await server.call('GET', '/staff', { token: user.accessToken });
      expectProblem(refused, 403, 'INSUFFICIENT_ROLE');
      expect(refused.headers.get('www-authenticate')).toMatch(
        /^Bearer realm="latchkey", error="insufficient_scope"/,
      );
      expect(await statusOf('/staff', admin.accessToken)).toBe(200);
    });

    it('on a handler stands in for the one on its class', async () => {
      expect(await statusOf('/staff/users', user.accessToken)).toBe(200);
    });

    it('is satisfied by one of several', async () => {
      expect(await statusOf('/staff/either', user.accessToken)).toBe(200);
    });

    it('that names no role refuses every caller', async () => {
      expect(await statusOf('/staff/nobody', user.accessToken)).toBe(403);
      expect(await statusOf('/staff/nobody', admin.accessToken)).toBe(403);
    });

    it('and @Scopes are both needed', async () => {
      const refused = await server.call('GET', '/staff/scoped', { token: user.accessToken });
      expectProblem(refused, 403, 'INSUFFICIENT_ROLE');
      expect(await statusOf('/staff/scoped', admin.accessToken)).toBe(200);
    });
  });

  describe('@Scopes', () => {
    it('on a class guards all its handlers', async () => {
      expectProblem(await server.call('GET', '/scoped'), 401, 'TOKEN_MISSING');
      const refused = await server.call('GET', '/scoped', { token: user.accessToken });
      expectProblem(refused, 403, 'INSUFFICIENT_SCOPE');
      expect(refused.headers.get('www-authenticate')).toMatch(
        /^Bearer realm="latchkey", error="insufficient_scope"/,
      );
      expect(await statusOf('/scoped', admin.accessToken)).toBe(200);
    });

    it('on a handler stands in for the one on its class', async () => {
      expect(await statusOf('/scoped/own', user.accessToken)).toBe(200);
    });

    it('asks for all of several', async () => {
      expect(await statusOf('/scoped/both', user.accessToken)).toBe(200);
      expect(await statusOf('/scoped/one-of-two', user.accessToken)).toBe(403);
      expect(await statusOf('/scoped/one-of-two', admin.accessToken)).toBe(200);
    });

    it('is not satisfied by a scope that begins like it', async () => {
      expect(await statusOf('/scoped/prefix', admin.accessToken)).toBe(403);
    });
  });

  describe('@CurrentUser', () => {
    it('is the user that the token names, frozen', async () => {
      const [, payload = ''] = user.accessToken.split('.');
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<
        string,
        number | string
      >;
      const { body } = await server.call('GET', '/me', { token: user.accessToken });
      expect(body).toEqual({
        frozen: true,
        caller: {
          subject: user.user.id,
          sessionId: claims['sid'],
          tokenId: claims['jti'],
          clientId: claims['client_id'],
          isClient: false,
          roles: ['user'],
          scopes: ['profile:read', 'profile:write'],
          issuedAt: Number(claims['iat']) * 1000,
          expiresAt: Number(claims['exp']) * 1000,
          claims: {},
        },
      });
    });

    it('with a name is that property alone', async () => {
      const { body } = await server.call('GET', '/me/subject', { token: admin.accessToken });
      expect(body).toEqual({ subject: admin.user.id, roles: ['admin', 'user'] });
    });
  });

  describe("AuthGuard('jwt') of @nestjs/passport", () => {
    it('lets in a caller with a token, and says who it is', async () => {
      const { status, body } = await server.call('GET', '/passport', { token: user.accessToken });
      expect([status, body]).toMatchObject([200, { user: { subject: user.user.id, roles: ['user'] } }]);
    });

    it('refuses every other caller', async () => {
      const [head, payload, signature] = user.accessToken.split('.') as [string, string, string];
      const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
      for (const token of [
        undefined,
        'nonsense',
        `${head}.${payload}.`,
        `${none}.${payload}.`,
        `${head}x.${payload}.${signature}`,
      ]) {
        const answer = await server.call('GET', '/passport', token === undefined ? {} : { token });
        expect([token, answer.status]).toEqual([token, 401]);
        expectProblem(answer, 401, answer.body.code);
        expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="latchkey"/);
      }
    });

    it('answers 503, as the global guard does, while it cannot be known what is revoked', async () => {
      const unknown = jest.spyOn(server.app.get(RevocationList), 'isRevoked').mockImplementation(() => {
        throw new UnavailableError('It cannot be known.');
      });
      for (const path of ['/undecorated', '/passport'])
        expectProblem(await server.call('GET', path, { token: user.accessToken }), 503, 'UNAVAILABLE');
      expectProblem(await server.call('GET', '/passport', { token: 'nonsense' }), 401, 'TOKEN_INVALID');
      unknown.mockRestore();
      expect(await statusOf('/passport', user.accessToken)).toBe(200);
    });

    it('refuses a token that was revoked', async () => {
      const { email } = (await api.register()).body.user;
      const { accessToken: token } = (await api.login(email, PASSWORD)).body;
      expect(await statusOf('/passport', token)).toBe(200);
      await api.post('/api/auth/logout', undefined, { token });
      expect(await statusOf('/passport', token)).toBe(401);
    });
  });

  // Moves the clock, so it comes last.
  it('everything refuses a token that has expired', async () => {
    server.clock.advance(16 * 60_000);
    expectProblem(
      await server.call('GET', '/undecorated', { token: user.accessToken }),
      401,
      'TOKEN_EXPIRED',
    );
    expect(await statusOf('/passport', user.accessToken)).toBe(401);
  });
});
