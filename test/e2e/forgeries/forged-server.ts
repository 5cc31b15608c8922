import type { KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { Public } from '../../../src/access/access.decorators.js';
import type { SigningAlg } from '../../../src/config/config.js';
import { ApiClient, type SignedIn } from '../../support/api-client.js';
import { temporaryDirectory, type TestEnvironment } from '../../support/test-config.js';
import { type ExtendedApp, startExtendedApp } from '../access/extended-app.js';
import { type Service, startService } from '../resource-server/service-under-test.js';
import type { ProblemAnswer } from '../support/problems.js';
import { Forge, generateKeyFor } from './forge.js';
import { setTrap, type Trap } from './outgoing.js';

/** The global guard is out of the way, so that passport alone decides. */
@Public()
@UseGuards(AuthGuard('jwt'))
@Controller('passport')
class PassportController {
  @Get()
  read(): object {
    return { reached: true };
  }
}

/** What a token opens, and the status of who is let in. */
export const ENTRANCES = [
  ['/api/profile', 200],
  ['/api/auth/verify', 204],
  ['/passport', 200],
] as const;

/** A route of another service, which has no more than the public keys. */
const OTHER_SERVICE = '/invoices';

export type Entrance = (typeof ENTRANCES)[number][0] | typeof OTHER_SERVICE;

/** A server whose private key, or secret, the test holds. */
export interface ForgedServer {
  readonly server: ExtendedApp;
  readonly api: ApiClient;
  readonly user: SignedIn;
  readonly forge: Forge;
  readonly trap: Trap;
  /** Those of the server, and one of another service where it has the keys. */
  readonly entrances: readonly (readonly [Entrance, number])[];
  readonly service: Service | undefined;
  send(entrance: Entrance, token: string): Promise<ProblemAnswer>;
  close(): Promise<void>;
}

/** With another service beside the server. */
export async function startForgedServers(
  alg: SigningAlg,
  environment: TestEnvironment = {},
): Promise<ForgedServer> {
  const forged = await startForgedServer(alg, environment);
  if (alg === 'HS256') return forged;
  const { url } = forged.server;
  const service = await startService('Fastify', {
    issuer: String(forged.forge.claims['iss']),
    audience: String(forged.forge.claims['aud']),
    // By its number, so that no name is looked up.
    jwksUri: `${url}/.well-known/jwks.json`,
    maxTokenAge: environment['ACCESS_TOKEN_TTL'] ?? '15m',
    clockLeeway: environment['CLOCK_LEEWAY'] ?? '5s',
  });
  return {
    ...forged,
    entrances: [...ENTRANCES, [OTHER_SERVICE, 200]],
    service,
    send: (entrance, token) =>
      entrance === OTHER_SERVICE ? service.get(entrance, token) : forged.send(entrance, token),
    close: async () => {
      await service.close();
      await forged.close();
    },
  };
}

export async function startForgedServer(
  alg: SigningAlg,
  environment: TestEnvironment = {},
): Promise<ForgedServer> {
  const key = generateKeyFor(alg);
  const directory = temporaryDirectory();
  const server = await startExtendedApp('Fastify', {
    controllers: [PassportController],
    environment: { SIGNING_ALG: alg, ...keySettings(key, directory.path), ...environment },
  });
  const api = new ApiClient(server.url);
  const trap = await setTrap();
  const user = (await api.register()).body;
  const forge = new Forge(alg, key, user.accessToken, trap.url);
  trap.give({ keys: [forge.foreignJwk], jwks_uri: `${trap.url}/jwks.json` });
  return {
    server,
    api,
    user,
    forge,
    trap,
    entrances: ENTRANCES,
    service: undefined,
    // The team's route is not in the document that the client holds answers against.
    send: async (entrance, token) =>
      entrance === '/passport' ? server.call('GET', entrance, { token }) : api.get(entrance, { token }),
    close: async () => {
      await trap.close();
      await server.close();
      directory.remove();
    },
  };
}

function keySettings(key: KeyObject, directory: string): TestEnvironment {
  if (key.type === 'secret') return { JWT_SECRET: key.export().toString() };
  const path = join(directory, 'key.pem');
  writeFileSync(path, key.export({ format: 'pem', type: 'pkcs8' }));
  return { SIGNING_KEY_FILES: path };
}
