import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { exportPem } from '../../../src/cli/commands/pem-export.js';
import { SigningKeys } from '../../../src/tokens/keys/signing-keys.js';
import { DpopKey, type Proof } from '../../support/dpop-key.js';
import {
  caddy,
  describeWithCaddy,
  describeWithHaproxy,
  describeWithNginx,
  haproxy,
  nginx,
} from '../../support/services/available.js';
import { temporaryDirectory } from '../../support/test-config.js';
import { TestAuthorizationServer } from '../oauth/authorization-server.js';
import { boundAccess, type BoundAccess } from '../oauth/bound-access.js';
import { startEchoService } from './echo-service.js';
import {
  type GatewayUnderTest,
  startCaddyGateway,
  startHaproxyGateway,
  startNginxGateway,
  type Surroundings,
} from './gateway-under-test.js';

const directory = temporaryDirectory();

let as: TestAuthorizationServer;
let service: Awaited<ReturnType<typeof startEchoService>>;
let around: Surroundings;
let bound: BoundAccess;

beforeAll(async () => {
  as = await TestAuthorizationServer.start({ environment: { TRUST_PROXY: '127.0.0.1' } });
  service = await startEchoService();
  const keys = join(directory.path, 'keys');
  exportPem(as.server.app.get(SigningKeys, { strict: false }).all, keys);
  around = { latchkey: new URL(as.url).host, service: service.address, issuer: as.origin, keys };
  bound = await boundAccess(as);
});

afterAll(async () => {
  await as.close();
  await service.close();
  directory.remove();
});

const send = async (url: string, scheme: string, proof?: string, method = 'GET') => {
  const headers = { authorization: `${scheme} ${bound.token}`, ...(proof !== undefined && { dpop: proof }) };
  return (await fetch(url, { method, headers })).status;
};

/** What a gateway does with a token that is bound to a key, where Latchkey is asked with what it forwards. */
function checksProofs(start: (given: Surroundings) => Promise<GatewayUnderTest>): void {
  let gateway: GatewayUnderTest;

  beforeAll(async () => {
    gateway = await start(around);
  });
  afterAll(() => gateway.stop());

  const proof = (said: Proof = {}, of = bound.key) =>
    of.proof({ htm: 'GET', htu: `${gateway.url}/orders`, token: bound.token, ...said });

  it('lets a bound token pass with a proof for its own address and method, once', async () => {
    const shown = await proof();
    expect(await send(`${gateway.url}/orders?page=2`, 'DPoP', shown)).toBe(200);
    const { headers = [] } = service.last ?? {};
    expect(headers[headers.indexOf('x-auth-subject') + 1]).toBe(bound.userId);
    const before = service.count;
    expect(await send(`${gateway.url}/orders?page=2`, 'DPoP', shown)).toBe(401);
    expect(service.count).toBe(before);
    const posted = await proof({ htm: 'POST' });
    expect(await send(`${gateway.url}/orders`, 'DPoP', posted, 'POST')).toBe(200);
  });

  it('lets it pass with no other proof, and not as a bearer’s', async () => {
    const before = service.count;
    const wrong = [
      await proof({ htm: 'POST' }),
      await proof({ htu: `${gateway.url}/other` }),
      await proof({ htu: `${as.origin}/api/auth/verify` }),
      await proof({ token: 'another' }),
      await proof({}, await DpopKey.create()),
      undefined,
    ];
    for (const shown of wrong) expect(await send(`${gateway.url}/orders`, 'DPoP', shown)).toBe(401);
    for (const shown of [await proof(), undefined])
      expect(await send(`${gateway.url}/orders`, 'Bearer', shown)).toBe(401);
    expect(service.count).toBe(before);
  });
}

describeWithNginx('nginx with docs/gateways/nginx.conf', () => {
  checksProofs((given) => startNginxGateway(nginx?.path ?? '', given));
});

describeWithCaddy('Caddy with docs/gateways/Caddyfile', () => {
  checksProofs((given) => startCaddyGateway(caddy?.path ?? '', given));
});

describeWithHaproxy('HAProxy with docs/gateways/haproxy.cfg', () => {
  let gateway: GatewayUnderTest;

  beforeAll(async () => {
    gateway = await startHaproxyGateway(haproxy?.path ?? '', around);
  });
  afterAll(() => gateway.stop());

  it('lets no bound token pass, as it checks no proofs', async () => {
    const before = service.count;
    const shown = () => bound.key.proof({ htm: 'GET', htu: `${gateway.url}/orders`, token: bound.token });
    for (const scheme of ['Bearer', 'DPoP'])
      expect(await send(`${gateway.url}/orders`, scheme, await shown())).toBe(401);
    expect(service.count).toBe(before);
  });
});
