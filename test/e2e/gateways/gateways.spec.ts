import { type KeyObject, randomBytes, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportPem } from '../../../src/cli/commands/pem-export.js';
import { SigningKeys } from '../../../src/tokens/keys/signing-keys.js';
import { UserAdministrationService } from '../../../src/admin/user-administration.service.js';
import { PASSWORD } from '../../support/api-client.js';
import { oauthToken } from '../../support/oauth-tokens.js';
import { CookieClient } from '../../support/cookie-client.js';
import { decodePart, encodePart, signJws } from '../../support/jws.js';
import {
  caddy,
  describeWithCaddy,
  describeWithHaproxy,
  describeWithNginx,
  haproxy,
  nginx,
} from '../../support/services/available.js';
import { freePort } from '../../support/services/free-port.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { temporaryDirectory } from '../../support/test-config.js';
import { generateKeyFor } from '../forgeries/forge.js';
import { eventually } from '../support/eventually.js';
import { sendRaw } from '../support/raw-http.js';
import { type Seen, startEchoService } from './echo-service.js';
import {
  type GatewayUnderTest,
  QUOTA,
  startCaddyGateway,
  startHaproxyGateway,
  startNginxGateway,
  type Surroundings,
} from './gateway-under-test.js';

const directory = temporaryDirectory();
const [signing, previous] = ['signing.pem', 'previous.pem'].map((name) => join(directory.path, name)) as [
  string,
  string,
];
const keys = join(directory.path, 'keys');
const key = generateKeyFor('ES256');
const other = generateKeyFor('ES256');

let latchkey: TestApp;
/** Latchkey's own. */
let origin: string;
let service: Awaited<ReturnType<typeof startEchoService>>;
let around: Surroundings;

beforeAll(async () => {
  writeKeys(key, other);
  latchkey = await startTestApp({
    environment: {
      SIGNING_KEY_FILES: `${signing},${previous}`,
      FORWARD_AUTH_RATE_LIMIT: `${QUOTA}/1m`,
      // The gateways; the clients of these tests are there, too.
      TRUST_PROXY: '127.0.0.1',
    },
  });
  service = await startEchoService();
  exportPem(latchkey.app.get(SigningKeys).all, keys);
  const { iss } = decodePart((await newToken()).split('.')[1]);
  origin = String(iss);
  around = {
    latchkey: new URL(latchkey.url).host,
    service: service.address,
    issuer: origin,
    keys,
  };
});

afterAll(async () => {
  await latchkey.close();
  await service.close();
  directory.remove();
});

function writeKeys(first: KeyObject, second: KeyObject): void {
  for (const [path, file] of [
    [signing, first],
    [previous, second],
  ] as const)
    writeFileSync(path, file.export({ type: 'pkcs8', format: 'pem' }));
}

const newToken = async () => (await latchkey.api.register()).body.accessToken;

/** A token like a genuine one but for what is said, signed by this key. */
function forged(token: string, change: { header?: object; claims?: object }, by = key): string {
  const [header, claims] = token.split('.').slice(0, 2).map(decodePart);
  const signed = [
    { ...header, ...change.header },
    { ...claims, ...change.claims },
  ]
    .map(encodePart)
    .join('.');
  return `${signed}.${signJws(signed, 'ES256', by).toString('base64url')}`;
}

/** None, and what is like a genuine one but for one thing. */
function badTokens(token: string): (string | undefined)[] {
  const { exp, iat } = decodePart(token.split('.')[1]) as { exp: number; iat: number };
  const hour = 3600;
  return [
    undefined,
    'x',
    `${token}A`,
    token.replace(/\.[^.]+$/, '.'),
    forged(token, {}, generateKeyFor('ES256')),
    forged(token, { header: { alg: 'none' } }).replace(/\.[^.]+$/, '.'),
    forged(token, { header: { alg: 'ES384' } }),
    forged(token, { header: { typ: 'JWT' } }),
    forged(token, { header: { kid: randomUUID() } }),
    forged(token, { claims: { iss: 'https://evil.test' } }),
    forged(token, { claims: { aud: 'https://other.test' } }),
    forged(token, { claims: { exp: exp - hour, iat: iat - hour, nbf: iat - hour } }),
  ];
}

/** Sends a request with exactly this address and these header lines. */
async function ask(
  gateway: GatewayUnderTest,
  path: string,
  token?: string,
  lines: readonly string[] = [],
  method = 'GET',
) {
  const all = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${new URL(gateway.url).host}`,
    'Connection: close',
    ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
    ...lines,
  ];
  const answer = await sendRaw(gateway.url, `${all.join('\r\n')}\r\n\r\n`);
  const seen = answer.status === 200 ? service.last : undefined;
  const { status, headers, body } = answer;
  return { status, headers, code: body.code, seen, identity: identityIn(seen) };
}

/** Of clients that say where they come from. */
const ADDRESS_LIES = [
  'X-Forwarded-For: 1.2.3.4',
  'x-forwarded_for: 1.2.3.4',
  'X_Forwarded_For: 1.2.3.4',
  'X-Forwarded-Proto: gopher',
  'X-Forwarded-Host: evil.test',
  'X-Forwarded-Port: 70',
  'X-Real-IP: 1.2.3.4',
  'Forwarded: for=1.2.3.4',
];

/** What the service was told of the caller, with every header that it could take for that. */
const identityIn = (seen: Seen | undefined) => valuesOf(seen, /^x-auth-/);

/** @param names with `-`, also of headers with `_` */
function valuesOf(seen: Seen | undefined, names: RegExp): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (let index = 0; index < (seen?.headers.length ?? 0); index += 2) {
    const [name = '', value = ''] = seen?.headers.slice(index, index + 2) ?? [];
    if (names.test(name.replaceAll('_', '-'))) (found[name] ??= []).push(value);
  }
  return found;
}

function identityOf(token: string): Record<string, string[]> {
  const { sub, sid } = decodePart(token.split('.')[1]);
  return {
    'x-auth-subject': [String(sub)],
    'x-auth-client': ['latchkey'],
    'x-auth-roles': ['user'],
    'x-auth-scopes': ['profile:read profile:write'],
    'x-auth-session': [String(sid)],
  };
}

/** @returns the status, and what the service said of the caller if it took the upgrade */
async function upgrade(gateway: GatewayUnderTest, token?: string): Promise<[number | undefined, unknown]> {
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  return new Promise((resolve, reject) => {
    const asked = request(`${gateway.url}/socket`, { headers });
    asked.on('upgrade', (answer, socket) => {
      socket.once('data', (echoed: Buffer) => {
        socket.destroy();
        resolve([answer.statusCode, `${String(answer.headers['x-subject'])} ${echoed.toString()}`]);
      });
      socket.write('hello');
    });
    asked.on('response', (answer) => {
      answer.resume();
      resolve([answer.statusCode, undefined]);
    });
    asked.on('error', reject);
    asked.end();
  });
}

interface Kind {
  readonly start: (around: Surroundings) => Promise<GatewayUnderTest>;
  /** What it answers to a caller whose quota is spent. */
  readonly retryAfter: RegExp;
  readonly takesCookies: boolean;
}

function behavesAsGateway({ start, retryAfter, takesCookies }: Kind): void {
  let gateway: GatewayUnderTest;
  let token: string;

  beforeAll(async () => {
    gateway = await start(around);
    token = await newToken();
  });
  afterAll(() => gateway.stop());

  it('passes a caller with a good token on, and tells the service whose it is', async () => {
    const { status, seen, identity } = await ask(gateway, '/orders?page=2', token);
    expect([status, seen?.url]).toEqual([200, '/orders?page=2']);
    expect(identity).toEqual(identityOf(token));
  });

  it('passes no other token on: none, forged, expired, for another, of another kind, or two', async () => {
    const before = service.count;
    for (const bad of badTokens(token)) {
      const { status, headers } = await ask(gateway, '/orders', bad);
      expect([bad, status, headers.get('www-authenticate')]).toEqual([
        bad,
        401,
        expect.stringMatching(/^Bearer realm="latchkey"/),
      ]);
    }
    const twice = await ask(gateway, '/orders', token, [`Authorization: Bearer ${token}`]);
    expect([400, 401]).toContain(twice.status);
    expect(service.count).toBe(before);
  });

  it('passes no token of a third-party client on where it names no scopes', async () => {
    const { sub = '' } = decodePart(token.split('.')[1]) as { sub?: string };
    const before = service.count;
    for (const scopes of [['openid'], ['openid', 'roles', 'account']]) {
      const ofPartner = await oauthToken(latchkey.app, 'partner', sub, ...scopes);
      expect((await ask(gateway, '/orders', ofPartner)).status).toBe(403);
      expect((await ask(gateway, '/admin', ofPartner)).status).toBe(403);
    }
    expect(service.count).toBe(before);
  });

  it('takes away what a client says of itself, however it is spelled', async () => {
    const lies = [
      'X-Auth-Subject',
      'x-auth-subject',
      'X-AUTH-ROLES',
      'X_Auth_Subject',
      'X-Auth_Roles',
      'x_auth-scopes',
      'X-Auth-Client',
      'x_auth_client',
    ].map((name) => `${name}: admin`);
    expect((await ask(gateway, '/orders', token, lies)).identity).toEqual(identityOf(token));
    const open = await ask(gateway, '/public/prices', undefined, lies);
    expect([open.status, open.identity]).toEqual([200, {}]);
  });

  it('names a request itself, to Latchkey, the service and the caller, and passes on no name of the client’s', async () => {
    const names: unknown[] = [];
    const stub = createServer(({ headers }, response) => {
      if (headers.authorization === undefined) return response.writeHead(401).end();
      names.push([headers['x-request-id'], headers['traceparent'], headers['tracestate']]);
      return response.writeHead(204, { 'x-auth-subject': 'ada' }).end();
    }).listen(0, '127.0.0.1');
    await once(stub, 'listening');
    const beside = await start({ ...around, latchkey: `127.0.0.1:${(stub.address() as AddressInfo).port}` });
    const lies = [
      'X-Request-Id: forged',
      'x-request-id: forged-too',
      'X_Request_Id: forged',
      'X-Request_Id: forged',
      `traceparent: 00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      'tracestate: forged=1',
      'Latchkey-Callers: billing',
    ];
    try {
      const answers = [
        await ask(beside, '/orders', token, lies),
        await ask(beside, '/public/prices', undefined, lies),
        await ask(beside, '/orders', undefined, lies),
      ];
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 401]);
      const ids = answers.map(({ headers }) => headers.get('x-request-id'));
      expect(new Set(ids).size).toBe(3);
      for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{32,36}$/);
      for (const [index, { seen }] of answers.slice(0, 2).entries()) {
        expect(valuesOf(seen, /^(x-request-id|traceparent|tracestate|latchkey-callers)$/)).toEqual({
          'x-request-id': [ids[index]],
        });
      }
      expect(names).toEqual([[ids[0], undefined, undefined]]);
    } finally {
      await beside.stop();
      stub.close();
      stub.closeAllConnections();
    }
  });

  it('says itself where a client comes from, to Latchkey and the service', async () => {
    const addresses: unknown[] = [];
    const stub = createServer(({ headers }, response) => {
      if (headers.authorization === undefined) return response.writeHead(401).end();
      addresses.push([headers['x-forwarded-for'], headers['forwarded'], headers['x-real-ip']]);
      return response.writeHead(204, { 'x-auth-subject': 'ada' }).end();
    }).listen(0, '127.0.0.1');
    await once(stub, 'listening');
    const beside = await start({ ...around, latchkey: `127.0.0.1:${(stub.address() as AddressInfo).port}` });
    try {
      for (const path of ['/orders', '/public/prices']) {
        const { seen } = await ask(beside, path, token, ADDRESS_LIES);
        expect(valuesOf(seen, /^(forwarded|x-real-ip|x-forwarded-.*)$/)).toEqual({
          'x-forwarded-for': ['127.0.0.1'],
          'x-forwarded-proto': ['http'],
          'x-forwarded-host': [new URL(beside.url).host],
        });
      }
      expect(addresses).toEqual([['127.0.0.1', undefined, undefined]]);
    } finally {
      await beside.stop();
      stub.close();
      stub.closeAllConnections();
    }
  });

  it('has Latchkey behind it know where a client comes from', async () => {
    const { user, accessToken } = (await latchkey.api.register()).body;
    const before = await start({ ...around, service: around.latchkey });
    try {
      const { status } = await fetch(`${before.url}/api/auth/login`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${accessToken}`,
          'content-type': 'application/json',
          ...Object.fromEntries(ADDRESS_LIES.map((line) => line.split(': '))),
        },
        body: JSON.stringify({ email: user.email, password: PASSWORD }),
      });
      const sessions = await latchkey.api.get<{ ip: string }[]>('/api/auth/sessions', { token: accessToken });
      expect([status, sessions.body.map(({ ip }) => ip)]).toEqual([200, ['127.0.0.1', '127.0.0.1']]);
    } finally {
      await before.stop();
    }
  });

  it('passes HEAD on as it does GET', async () => {
    const { status, seen, identity } = await ask(gateway, '/orders', token, [], 'HEAD');
    expect([status, seen?.method, identity]).toEqual([200, 'HEAD', identityOf(token)]);
    expect((await ask(gateway, '/orders', undefined, [], 'HEAD')).status).toBe(401);
    expect((await ask(gateway, '/admin', token, [], 'HEAD')).status).toBe(403);
  });

  describe('with the token in a cookie', () => {
    let cookie: string;
    let csrfToken: string;
    const post = (lines: readonly string[]) =>
      ask(gateway, '/orders', undefined, [`Cookie: ${cookie}`, 'Content-Length: 0', ...lines], 'POST');

    beforeAll(async () => {
      const page = new CookieClient(latchkey.api, origin);
      await page.register();
      cookie = `theme=dark; ${page.jar.headerFor('/orders')}; language=de`;
      csrfToken = String(page.csrfToken);
    });

    if (!takesCookies) {
      it('asks for one in a header', async () => {
        expect((await ask(gateway, '/orders', undefined, [`Cookie: ${cookie}`])).status).toBe(401);
      });
      return;
    }

    it('passes the caller on, and not the token', async () => {
      const [, inCookie = ''] = /latchkey_access=([^;]+)/.exec(cookie) ?? [];
      const { status, seen, identity } = await ask(gateway, '/orders', undefined, [`Cookie: ${cookie}`]);
      expect([status, identity]).toEqual([200, identityOf(inCookie)]);
      const headers = seen?.headers.join('\n');
      expect(headers).not.toContain(inCookie);
      expect(headers).toMatch(/theme=dark; .*; language=de/);
      for (const sent of [cookie, `${cookie}; ${cookie}`]) {
        const open = await ask(gateway, '/public/prices', undefined, [`Cookie: ${sent}`]);
        expect([open.status, open.seen?.headers.join().includes(inCookie)]).toEqual([200, false]);
      }
    });

    it('lets it change something with the CSRF token of the page alone, whatever method it claims to be', async () => {
      const before = service.count;
      const claims = ['X-Forwarded-Method: GET', 'X-Original-Method: GET', 'X-HTTP-Method-Override: GET'];
      const refused = [
        await post([]),
        await post(claims),
        await post([`Origin: ${origin}`]),
        await post([`Origin: ${origin}`, `X-CSRF-Token: ${csrfToken.slice(0, -1)}`]),
        await post(['Origin: https://evil.test', `X-CSRF-Token: ${csrfToken}`]),
        await post([`Origin: ${origin}`, `X-CSRF-Token: ${csrfToken}`, 'Sec-Fetch-Site: cross-site']),
      ];
      expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 403));
      expect(service.count).toBe(before);
      const { status, seen } = await post([`Origin: ${origin}`, `X-CSRF-Token: ${csrfToken}`]);
      expect([status, seen?.method]).toEqual([200, 'POST']);
    });
  });

  it('asks for the role where it is needed, however the address is spelled', async () => {
    for (const path of ['/admin', '/admin/', '/admin/x', '/admin?x', '/ADMIN/x', '/%61dmin/x'])
      expect([path, (await ask(gateway, path, token)).status]).toEqual([path, 403]);
    const { user, refreshToken } = (await latchkey.api.register()).body;
    await latchkey.app.get(UserAdministrationService).grantRole(user.email, 'admin');
    const { accessToken: asAdmin } = (await latchkey.api.refresh(refreshToken)).body;
    const { status, identity } = await ask(gateway, '/admin/x', asAdmin);
    expect([status, identity['x-auth-roles']?.[0]?.split(',')]).toEqual([
      200,
      expect.arrayContaining(['admin']),
    ]);
  });

  it('is got round by no address that the service may read in another way', async () => {
    const before = service.count;
    for (const path of [
      '//orders',
      '/public//../orders',
      '/public/../orders',
      '/public/./../orders',
      '/public/%2e%2e/orders',
      '/public/..%2forders',
      '/public/..;/orders',
      '/public/..%3b/orders',
      '/public/%252e%252e/orders',
      '/public/..%5corders',
      '/public/..\\orders',
      '/public%2forders',
      '/publicity',
      '/Public/..',
    ]) {
      const { status } = await ask(gateway, path);
      expect([path, [400, 401].includes(status)]).toEqual([path, true]);
    }
    expect(service.count).toBe(before);
  });

  it('refuses a token that is revoked, also one that it has let in', async () => {
    const revoked = await newToken();
    expect((await ask(gateway, '/orders', revoked)).status).toBe(200);
    await latchkey.api.post('/api/auth/logout', undefined, { token: revoked });
    await eventually(async () => expect((await ask(gateway, '/orders', revoked)).status).toBe(401));
    expect((await ask(gateway, '/orders', token)).status).toBe(200);
  });

  it('passes an upgrade on, for callers', async () => {
    const { sub } = decodePart(token.split('.')[1]);
    expect(await upgrade(gateway, token)).toEqual([101, `${String(sub)} hello`]);
    expect(await upgrade(gateway)).toEqual([401, undefined]);
  });

  it('lets no caller in while Latchkey does not answer', async () => {
    const alone = await start({ ...around, latchkey: `127.0.0.1:${await freePort()}` });
    try {
      const before = service.count;
      const { status } = await ask(alone, '/orders', token);
      expect([502, 503]).toContain(status);
      expect(service.count).toBe(before);
    } finally {
      await alone.stop();
    }
  });

  it('answers 429 to a caller whose quota is spent, whatever the token, and to no other', async () => {
    const { accessToken, refreshToken } = (await latchkey.api.register()).body;
    const tokens = [accessToken, (await latchkey.api.refresh(refreshToken)).body.accessToken];
    const answers: Awaited<ReturnType<typeof ask>>[] = [];
    const areRefused = () => answers.slice(-tokens.length).every(({ status }) => status === 429);
    while (answers.length < QUOTA || (answers.length < 3 * QUOTA && !areRefused()))
      answers.push(await ask(gateway, '/orders', tokens[answers.length % tokens.length]));
    expect(new Set(answers.slice(0, QUOTA).map(({ status }) => status))).toEqual(new Set([200]));
    expect(areRefused()).toBe(true);
    expect([answers.at(-1)?.code, answers.at(-1)?.headers.get('retry-after')]).toEqual([
      'RATE_LIMITED',
      expect.stringMatching(retryAfter),
    ]);
    expect((await ask(gateway, '/orders', token)).status).toBe(200);
  });

  it('keeps the owner of a revoked token in, however often that is sent', async () => {
    const { user, accessToken: revoked } = (await latchkey.api.register()).body;
    expect((await latchkey.api.post('/api/auth/logout', undefined, { token: revoked })).status).toBe(204);
    const flood = Array.from({ length: QUOTA + 20 }, () => revoked);
    const statuses = new Set<number>();
    for (const sent of flood) statuses.add((await ask(gateway, '/orders', sent)).status);
    expect([...statuses]).toEqual([401]);
    const again = await latchkey.api.post<{ accessToken: string }>('/api/auth/login', {
      email: user.email,
      password: PASSWORD,
    });
    expect((await ask(gateway, '/orders', again.body.accessToken)).status).toBe(200);
  });
}

describeWithHaproxy('HAProxy with docs/gateways/haproxy.cfg', () => {
  const start = (given: Surroundings) => startHaproxyGateway(haproxy?.path ?? '', given);
  behavesAsGateway({ start, retryAfter: /^10$/, takesCookies: false });

  it('refuses each bad token by itself, and asks Latchkey about no such', async () => {
    const token = await newToken();
    const alone = await start({ ...around, latchkey: `127.0.0.1:${await freePort()}` });
    try {
      for (const bad of badTokens(token)) {
        const { status, code } = await ask(alone, '/orders', bad);
        expect([bad, status, code]).toEqual([bad, 401, 'TOKEN_INVALID']);
      }
    } finally {
      await alone.stop();
    }
  });

  it('does not ask about a refused token again and again', async () => {
    let questions = 0;
    const refusing = createServer((_, response) => {
      questions += 1;
      response.writeHead(401).end();
    }).listen(0, '127.0.0.1');
    await once(refusing, 'listening');
    const alone = await start({
      ...around,
      latchkey: `127.0.0.1:${(refusing.address() as AddressInfo).port}`,
    });
    try {
      const refused = await newToken();
      for (let sent = 0; sent < 50; sent += 1)
        expect(await ask(alone, '/orders', refused)).toMatchObject({ status: 401, code: 'TOKEN_REVOKED' });
      expect(questions).toBeLessThan(50);
    } finally {
      await alone.stop();
      refusing.close();
      refusing.closeAllConnections();
    }
  });

  it('passes a quota of Latchkey on', async () => {
    const spent = createServer((_, response) => void response.writeHead(429).end()).listen(0, '127.0.0.1');
    await once(spent, 'listening');
    const alone = await start({
      ...around,
      latchkey: `127.0.0.1:${(spent.address() as AddressInfo).port}`,
    });
    try {
      expect(await ask(alone, '/orders', await newToken())).toMatchObject({
        status: 429,
        code: 'RATE_LIMITED',
      });
    } finally {
      await alone.stop();
      spent.close();
      spent.closeAllConnections();
    }
  });

  describe('when the signing key has changed', () => {
    let gateway: GatewayUnderTest;
    beforeAll(async () => {
      gateway = await start(around);
    });
    afterAll(async () => {
      await gateway.stop();
      writeKeys(key, other);
      await latchkey.app.get(SigningKeys).reload();
    });

    it('takes the tokens of the new one once the export is written and it has reloaded', async () => {
      const old = await newToken();
      writeKeys(generateKeyFor('ES256'), key);
      await latchkey.app.get(SigningKeys).reload();
      const token = await newToken();
      expect((await ask(gateway, '/orders', token)).status).toBe(401);

      exportPem(latchkey.app.get(SigningKeys).all, keys);
      gateway.reload();
      await eventually(async () => expect((await ask(gateway, '/orders', token)).status).toBe(200));
      expect((await ask(gateway, '/orders', old)).status).toBe(200);
    });
  });
});

describeWithNginx('nginx with docs/gateways/nginx.conf', () => {
  const start = (given: Surroundings) => startNginxGateway(nginx?.path ?? '', given);
  behavesAsGateway({ start, retryAfter: /^10$/, takesCookies: true });
});

describeWithCaddy('Caddy with docs/gateways/Caddyfile', () => {
  const start = (given: Surroundings) => startCaddyGateway(caddy?.path ?? '', given);
  // By Latchkey's own quota, until its minute is over.
  behavesAsGateway({ start, retryAfter: /^([1-9]|[1-5]\d|60)$/, takesCookies: true });
});
