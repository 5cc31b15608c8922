import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { describeWithHaproxy, haproxy } from '../../support/services/available.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { temporaryDirectory } from '../../support/test-config.js';
import { objectsIn, textsIn, typesIn } from './configuration-tree.js';

const CONFIGURATIONS = fileURLToPath(new URL('../../../docs/gateways/', import.meta.url));
const textOf = (name: string) => readFileSync(join(CONFIGURATIONS, name), 'utf8');

/** What a client says of itself, beside whose the request is. */
const CLAIMS = [
  'x-request-id',
  'traceparent',
  'tracestate',
  'latchkey-callers',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
];
const ISSUER = 'https://id.example.com';
const AMBIGUOUS = ['/public/..;/orders', '/a%3bb', '/public/%2e%2e/orders', '/%252e', '/a\\b', '/%00'];
const PLAIN = ['/public/prices', '/orders/1', '/admin', '/a.b/c-d'];

let latchkey: TestApp;
/** Of `GET /api/auth/verify`: the names of headers that say who calls, and of those of refusals that callers need. */
let identity: string[];
let ofRefusals: string[];
let statuses: number[];

beforeAll(async () => {
  latchkey = await startTestApp({ environment: { FORWARD_AUTH_RATE_LIMIT: '1/1m' } });
  const token = (await latchkey.api.register()).body.accessToken;
  const verify = (options?: { token: string }) => latchkey.api.get('/api/auth/verify', options);
  const [good, spent, bad] = [await verify({ token }), await verify({ token }), await verify()];
  statuses = [good.status, spent.status, bad.status];
  identity = [...good.headers.keys()].filter((name) => name.startsWith('x-auth-'));
  const needed = /^(www-authenticate|content-type|cache-control|retry-after|ratelimit.*)$/;
  ofRefusals = [spent, bad].flatMap(({ headers }) => [...headers.keys()].filter((name) => needed.test(name)));
});
afterAll(() => latchkey.close());

const removed = (mutation: Record<string, unknown>) => textsIn(mutation['mutations'], 'remove');

/** Whether RE2, in which the whole text must match, would take it; what is used of it means the same here. */
function refuses(pattern: string, path: string): boolean {
  const [, source = ''] = /^\(\?i\)(.+)$/.exec(pattern) ?? [];
  return new RegExp(`^(?:${source})$`, 'i').test(path);
}

function refusesAmbiguousPaths(pattern: string | undefined): void {
  expect(AMBIGUOUS.filter((path) => !refuses(pattern ?? '', path))).toEqual([]);
  expect(PLAIN.filter((path) => refuses(pattern ?? '', path))).toEqual([]);
}

describe('docs/gateways/envoy.yaml', () => {
  const document: unknown = parse(textOf('envoy.yaml'));
  const typed = (type: string) => typesIn(document, type);
  const gateway = typed('HttpConnectionManager').find((manager) => manager['stat_prefix'] === 'gateway');
  const routes = objectsIn(gateway?.['route_config']).filter((object) => 'match' in object);

  it('takes away all that a client says of itself, however it is spelled, before any filter', () => {
    const [mutation = {}] = typesIn(gateway?.['early_header_mutation_extensions'], 'HeaderMutation');
    expect(removed(mutation)).toEqual(expect.arrayContaining([...identity, ...CLAIMS]));
    expect(gateway).toMatchObject({
      use_remote_address: true,
      common_http_protocol_options: { headers_with_underscores_action: 'DROP_HEADER' },
    });
  });

  it('verifies tokens of one issuer for one audience, from the Authorization header alone', () => {
    const [jwt] = typed('JwtAuthentication');
    expect(jwt?.['providers']).toEqual({
      latchkey: {
        issuer: ISSUER,
        audiences: [ISSUER],
        forward: true,
        require_expiration: true,
        from_headers: [{ name: 'Authorization', value_prefix: 'Bearer ' }],
        remote_jwks: {
          http_uri: { uri: `${ISSUER}/.well-known/jwks.json`, cluster: 'latchkey', timeout: '2s' },
          cache_duration: '300s',
        },
      },
    });
    expect(jwt?.['rules']).toEqual([
      { match: { prefix: '/public/' } },
      { match: { prefix: '/' }, requires: { provider_name: 'latchkey' } },
    ]);
  });

  it('lets no one in while Latchkey does not answer, and waits no longer than is said', () => {
    const [authorization] = typed('ExtAuthz');
    expect(authorization).toMatchObject({
      failure_mode_allow: false,
      status_on_error: { code: 'ServiceUnavailable' },
      http_service: { server_uri: { cluster: 'verify', timeout: '2s' } },
    });
    expect(gateway).toMatchObject({ request_headers_timeout: '10s' });
    const clusters = objectsIn(document).filter((object) => 'load_assignment' in object);
    expect(clusters.map((cluster) => [cluster['name'], cluster['connect_timeout']])).toEqual([
      ['latchkey', '2s'],
      ['verify', '2s'],
      ['service', '5s'],
    ]);
  });

  it('tells the service what Latchkey says of the caller, and the client what it says of a refusal', () => {
    const [authorization] = typed('ExtAuthz');
    const taken = (list: 'allowed_upstream_headers' | 'allowed_client_headers') => {
      const owner = objectsIn(authorization).find((object) => list in object);
      const names = textsIn(owner?.[list], 'exact');
      const prefixes = textsIn(owner?.[list], 'prefix');
      return (name: string) => names.includes(name) || prefixes.some((prefix) => name.startsWith(prefix));
    };
    expect([statuses, identity.length]).toEqual([[204, 429, 401], 5]);
    expect(identity.filter((name) => !taken('allowed_upstream_headers')(name))).toEqual([]);
    expect(ofRefusals).toEqual(expect.arrayContaining(['www-authenticate', 'content-type', 'retry-after']));
    expect(ofRefusals.filter((name) => !taken('allowed_client_headers')(name))).toEqual([]);
  });

  it('opens /public/ alone, and refuses paths that a service may read in another way', () => {
    const [ambiguous, ...others] = routes;
    expect(ambiguous).toMatchObject({ direct_response: { status: 400 } });
    refusesAmbiguousPaths(textsIn(ambiguous, 'regex')[0]);
    expect(gateway).toMatchObject({
      normalize_path: true,
      merge_slashes: true,
      path_with_escaped_slashes_action: 'REJECT_REQUEST',
    });
    const open = others.filter((route) => 'typed_per_filter_config' in route);
    expect(open.map((route) => route['match'])).toEqual([{ prefix: '/public/' }]);
    expect(typesIn(open, 'ExtAuthzPerRoute')).toEqual([expect.objectContaining({ disabled: true })]);
    expect(others.at(-1)?.['match']).toEqual({ prefix: '/' });
  });

  it('asks who it is that its certificate names', () => {
    const names = typesIn(document, 'UpstreamTlsContext').flatMap((context) => textsIn(context, 'exact'));
    expect(names).toEqual([new URL(ISSUER).hostname]);
  });

  // By the interpreter in HAProxy, which is another than Envoy's, for the same language.
  describeWithHaproxy('in its question', () => {
    const directory = temporaryDirectory();
    afterAll(() => directory.remove());

    async function run(code: string): Promise<string[]> {
      const [script, configuration] = ['envoy.lua', 'haproxy.cfg'].map((name) => join(directory.path, name));
      writeFileSync(
        String(script),
        `${textsIn(typed('Lua'), 'inline_string').join('\n')}\n${STAND_IN}\n${code}`,
      );
      writeFileSync(
        String(configuration),
        `global\n    lua-load ${script}\nlisten none\n    mode http\n    bind 127.0.0.1:1\n`,
      );
      const { stdout } = await promisify(execFile)(haproxy?.path ?? '', ['-c', '-f', String(configuration)]);
      return stdout.split('\n').flatMap((line) => (line.startsWith('> ') ? [line.slice(2)] : []));
    }

    it('names the role that /admin needs, however the address is spelled, and no other', async () => {
      const closed = ['/admin', '/admin/', '/admin/x', '/admin?x', '/ADMIN/x', '/%61dmin/x?roles=user'];
      const others = ['/', '/orders?roles=user', '/administration', '/x/admin', '/public?/admin'];
      const asked = (paths: string[]) =>
        run(`for _, path in ipairs({${paths.map(quoted).join()}}) do ask("POST", path) end`);
      expect(new Set(await asked(closed))).toEqual(new Set(['GET /api/auth/verify?roles=admin POST']));
      expect(new Set(await asked(others))).toEqual(new Set(['GET /api/auth/verify POST']));
      expect(await run('ask("HEAD", "/admin")')).toEqual(['HEAD /api/auth/verify?roles=admin HEAD']);
    });

    it('takes Latchkey’s 204 for the 200 that Envoy needs, and no other answer', async () => {
      expect(
        await run('for _, status in ipairs({"204", "401", "429", "503"}) do answer(status) end'),
      ).toEqual(['200', '401', '429', '503']);
    });
  });
});

const quoted = (text: string) => JSON.stringify(text);

/** Of Envoy's headers what is used. */
const STAND_IN = `
local function handle(values)
  local headers = {
    get = function(_, name) return values[name] end,
    replace = function(_, name, value) values[name] = value end,
  }
  return { headers = function() return headers end }
end
function ask(method, path)
  local values = { [":method"] = method, [":path"] = path }
  envoy_on_request(handle(values))
  print("> " .. values[":method"] .. " " .. values[":path"] .. " " .. values["x-original-method"])
end
function answer(status)
  local values = { [":status"] = status }
  envoy_on_response(handle(values))
  print("> " .. values[":status"])
end`;

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

describe('docs/gateways/istio.yaml', () => {
  const documents = parseAllDocuments(textOf('istio.yaml'));
  const manifests = documents.map((document) => document.toJS() as Manifest);
  const named = (name: string) => manifests.find(({ metadata }) => metadata.name === name);

  it('takes away who a client says it is, at the way in and at each service, however it is spelled', () => {
    expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
    const filters = manifests.filter(({ kind }) => kind === 'EnvoyFilter');
    expect(filters.flatMap(({ spec }) => textsIn(spec, 'context'))).toEqual(
      expect.arrayContaining(['SIDECAR_INBOUND', 'GATEWAY']),
    );
    for (const { spec } of filters) {
      const [manager = {}] = typesIn(spec, 'HttpConnectionManager');
      const [mutation = {}] = typesIn(manager, 'HeaderMutation');
      expect(removed(mutation)).toEqual(expect.arrayContaining(identity));
      expect(manager).toMatchObject({
        common_http_protocol_options: { headers_with_underscores_action: 'DROP_HEADER' },
      });
    }
    expect(textsIn(named('names-of-clients')?.spec, 'remove')).toEqual(expect.arrayContaining(CLAIMS));
  });

  it('verifies tokens of one issuer for one audience, from the Authorization header alone', () => {
    const [authentication, ...others] = manifests.filter(({ kind }) => kind === 'RequestAuthentication');
    expect(others).toEqual([]);
    const { outputClaimToHeaders, ...rule } = objectsIn(authentication?.spec['jwtRules'])[0] ?? {};
    expect(rule).toEqual({
      issuer: ISSUER,
      audiences: [ISSUER],
      jwksUri: `${ISSUER}/.well-known/jwks.json`,
      fromHeaders: [{ name: 'Authorization', prefix: 'Bearer ' }],
      forwardOriginalToken: true,
    });
    const put = textsIn(outputClaimToHeaders, 'header');
    expect(put.filter((header) => !identity.includes(header))).toEqual([]);
  });

  it('allows what is named alone: /public/ to all, the rest to callers, and /admin to its role', () => {
    const from = [{ source: { requestPrincipals: [`${ISSUER}/*`] } }];
    const to = (...paths: string[]) => [{ operation: { paths } }];
    expect(named('callers')?.spec).toEqual({
      action: 'ALLOW',
      rules: [
        { to: to('/public/*') },
        { from, to: to('/orders', '/orders/*') },
        {
          from,
          to: to('/admin', '/admin/*'),
          when: [{ key: 'request.auth.claims[roles]', values: ['admin'] }],
        },
      ],
    });
    expect(named('password-change')?.spec).toEqual({
      action: 'DENY',
      rules: [{ when: [{ key: 'request.auth.claims[scope]', values: ['password:change'] }] }],
    });
    expect(named('clients-of-others')?.spec).toEqual({
      action: 'DENY',
      rules: [{ from, when: [{ key: 'request.auth.claims[client_id]', notValues: ['latchkey'] }] }],
    });
    expect(named('bound-tokens')?.spec).toEqual({
      action: 'DENY',
      rules: [{ when: [{ key: 'request.auth.claims[cnf][jkt]', values: ['*'] }] }],
    });
    const allowing = manifests.filter(({ spec }) => spec['action'] === 'ALLOW');
    expect(allowing.map(({ metadata }) => metadata.name)).toEqual(['callers']);
    const namespaces = manifests
      .filter(({ kind }) => kind !== 'EnvoyFilter')
      .map(({ metadata }) => metadata.namespace);
    expect(new Set(namespaces)).toEqual(new Set([named('identities-of-clients')?.metadata.namespace]));
  });

  it('refuses paths that a service may read in another way', () => {
    const { spec } = named('names-of-clients') ?? {};
    expect(typesIn(spec, 'HttpConnectionManager')[0]).toMatchObject({
      normalize_path: true,
      merge_slashes: true,
      path_with_escaped_slashes_action: 'REJECT_REQUEST',
    });
    expect(typesIn(spec, 'RBAC')[0]).toMatchObject({ rules: { action: 'DENY' } });
    refusesAmbiguousPaths(textsIn(typesIn(spec, 'RBAC'), 'regex')[0]);
  });
});
