import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { decodeJwt } from 'jose';
import { Public } from '../../../src/access/access.decorators.js';
import { DatabaseConnection } from '../../../src/database/database.js';
import type { RevocationKind } from '../../../src/tokens/revocation/revocation.js';
import { RevocationList } from '../../../src/tokens/revocation/revocation-list.js';
import { RevocationStore } from '../../../src/tokens/revocation/revocation-store.js';
import { type Network, openNetwork } from '../../integration/network.js';
import { ApiClient } from '../../support/api-client.js';
import { type ExtendedApp, startExtendedApp } from '../access/extended-app.js';
import { describeOnEachStore } from '../support/databases.js';
import { expectProblem } from '../support/problems.js';

@Public()
@UseGuards(AuthGuard('jwt'))
@Controller('passport')
class PassportController {
  @Get()
  read(): object {
    return { reached: true };
  }
}

const ENTRANCES = ['/api/profile', '/api/auth/verify', '/passport'];

describeOnEachStore('With REVOCATION_CHECK=store', (environment) => {
  let server: ExtendedApp;
  let api: ApiClient;
  let store: RevocationStore;
  let network: Network | undefined;

  beforeAll(async () => {
    const settings = environment();
    const name = settings['REDIS_URL'] === undefined ? 'DATABASE_URL' : 'REDIS_URL';
    const url = settings[name];
    network = url ? await openNetwork(url) : undefined;
    server = await startExtendedApp('Fastify', {
      controllers: [PassportController],
      environment: { ...settings, ...(network && { [name]: network.url }), REVOCATION_CHECK: 'store' },
    });
    api = new ApiClient(server.url);
    store = server.app.get(RevocationStore);
    // The list believes that it is up to date, and hears of nothing.
    jest.spyOn(store, 'all').mockResolvedValue([]);
    jest.spyOn(store, 'recent').mockResolvedValue([]);
  });

  afterAll(async () => {
    jest.restoreAllMocks();
    await server.close();
    network?.close();
  });

  const register = async () => {
    const { accessToken } = (await api.register()).body;
    const claims = decodeJwt(accessToken);
    const identity = {
      sessionId: String(claims['sid']),
      subject: String(claims.sub),
      tokenId: String(claims.jti),
      issuedAt: Number(claims.iat) * 1000,
    };
    return { token: accessToken, identity };
  };

  const revoke = (kind: RevocationKind, id: string, issuedBefore: number | null) =>
    store.add({
      kind,
      id,
      issuedBefore: issuedBefore === null ? null : new Date(issuedBefore),
      expiresAt: new Date(server.clock.now() + 600_000),
    });

  const statusesOf = (token: string) =>
    Promise.all(ENTRANCES.map(async (path) => (await server.call('GET', path, { token })).status));

  it.each(['session', 'subject', 'token', 'all'] as const)(
    'a revocation by %s that only the store knows of refuses the very next request, at every entrance',
    async (kind) => {
      const [other, { token, identity }] = [await register(), await register()];
      expect(await statusesOf(token)).toEqual([200, 204, 200]);
      const { sessionId, subject, tokenId, issuedAt } = identity;
      const id = { session: sessionId, subject, token: tokenId, all: '' }[kind];
      await revoke(kind, id, kind === 'subject' || kind === 'all' ? issuedAt + 1000 : null);

      for (const path of ENTRANCES) {
        expectProblem(await server.call('GET', path, { token }), 401, 'TOKEN_REVOKED');
      }
      expect(server.app.get(RevocationList).isRevoked(identity)).toBe(false);
      expect(await statusesOf(other.token)).toEqual(kind === 'all' ? [401, 401, 401] : [200, 204, 200]);
    },
  );

  it('a store that does not answer refuses every token, at any entrance', async () => {
    server.clock.advance(2_000);
    const { token } = await register();
    expect(await statusesOf(token)).toEqual([200, 204, 200]);
    // From here on nothing answers any more.
    if (network) {
      network.close();
      network.breakDown();
    } else {
      await server.app.get(DatabaseConnection).close();
    }

    for (const path of ENTRANCES) {
      expectProblem(await server.call('GET', path, { token }), 503, 'UNAVAILABLE');
    }
  });
});
