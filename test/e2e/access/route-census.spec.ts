import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { AllowedMethods } from '../../../src/common/problem-details/allowed-methods.js';
import type { SignedIn } from '../../support/api-client.js';
import { oauthToken, tokenOfGrant } from '../../support/oauth-tokens.js';
import { routesIn, sectionOf, tableRows } from '../../support/markdown-section.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { STANDARD_SCOPES } from '../../../src/auth/grants/granted-scopes.js';
import { BODY_ROUTES } from '../bad-input/routes.js';
import {
  type DocumentedRoute,
  fetchDocument,
  type OpenApiDocument,
  routesOf,
  type Schema,
  withParameters,
} from '../support/openapi-document.js';
import { PageLanguages } from '../../../src/pages/rendering/page-words.js';
import { isPage } from '../../../src/pages/page-paths.js';
import { expectProblem } from '../support/problems.js';

/** What is a page beside those that forms are sent to. */
const PAGES_ELSEWHERE =
  /^(GET|HEAD) (\/\.well-known\/change-password|\/api\/auth\/refresh\/page|\/account\/assets\/\{file\})$/;
/** What a partner who was granted `account` reaches: the user's own account. */
const OF_ACCOUNT = [
  'DELETE /api/auth/sessions',
  'DELETE /api/auth/sessions/{id}',
  'DELETE /api/profile',
  'GET /api/auth/sessions',
  'GET /api/profile',
  'GET /api/profile/audit',
  'GET /api/profile/export',
  'PATCH /api/profile',
  'POST /api/auth/email/change',
  'POST /api/auth/email/resend',
  'POST /api/auth/logout-all',
  'POST /api/auth/password/change',
  'POST /api/auth/reauthenticate',
];
/** What asks for the role, and for no scope. */
const OF_ADMINISTRATORS = [
  'DELETE /api/admin/invitations/{id}',
  'DELETE /api/admin/sessions',
  'GET /api/admin',
  'GET /api/admin/audit',
  'GET /api/admin/invitations',
  'POST /api/admin/invitations',
];
/** What answers for a user which clients may do what takes no client's token, once its body is right. */
const BODIES: Record<string, object> = {
  'POST /api/auth/device': { userCode: 'BBBB-BBBB' },
  'PUT /api/auth/device': { userCode: 'BBBB-BBBB', allow: false },
  'POST /api/auth/consents/{clientId}': { scopes: ['openid'] },
  'PUT /api/auth/consents/{clientId}': { scopes: ['openid'] },
};
const registered: string[] = [];
/** The first route of each row, and what that way leads to. */
const ways = tableRows(sectionOf('security.md', 'Ways to authenticate')).flatMap(([way = '', , end = '']) =>
  routesIn(way).map((route) => ({ route, opensSession: !/no session|the request/.test(end) })),
);
const open = routesIn(sectionOf('security.md', 'Routes that ask for nothing'));

let server: TestApp;
let document: OpenApiDocument;
let routes: DocumentedRoute[];
let user: SignedIn;

beforeAll(async () => {
  const add = jest.spyOn(AllowedMethods.prototype, 'add');
  server = await startTestApp({
    environment: { REVOCATION_FEED_SERVICES: `billing=${'0'.repeat(64)}` },
  });
  registered.push(...add.mock.calls.map(([method, path]) => `${method} ${path}`));
  add.mockRestore();
  document = await fetchDocument(server.url);
  routes = routesOf(document);
  user = (await server.api.register()).body;
});
afterAll(async () => {
  await server.close();
});

const nameOf = ({ method, path }: Pick<DocumentedRoute, 'method' | 'path'>) => `${method} ${path}`;
const named = (those: DocumentedRoute[]) => those.map(nameOf).toSorted();

it('finds every route that is registered in the OpenAPI document, but for the pages that show it, and those for people', () => {
  const all = new Set(registered.map((route) => route.replaceAll(/:(\w+)/g, '{$1}')));
  const documented = new Set(routes.map(nameOf));
  const undocumented = [...all].filter((route) => {
    const [method = '', path = ''] = route.split(' ');
    return !documented.has(route) && !(method === 'HEAD' && documented.has(`GET ${path}`));
  });
  expect(all.size).toBeGreaterThan(40);
  expect([...documented].filter((route) => !all.has(route))).toEqual([]);
  const others = undocumented.filter((route) => !/^(GET|HEAD) \/(docs|openapi\.json)/.test(route));
  expect(
    others.filter(
      (route) => !isPage(withParameters(route.replace(/^[A-Z]+ /, ''))) && !PAGES_ELSEWHERE.test(route),
    ),
  ).toEqual([]);
});

it('finds that each route asks for an access token, is a documented way to authenticate, or is open', () => {
  const asking = routes.filter(({ operation }) => operation.security);
  const others = routes.filter(({ operation }) => !operation.security);
  expect(asking.length).toBeGreaterThan(15);
  expect(named(others)).toEqual([...ways.map(({ route }) => route), ...open].toSorted());
});

it('finds no credential that a route takes but an access token, in its header or its cookie', () => {
  const taken = routes
    .flatMap(({ operation }) => operation.security ?? [])
    .map((each) => Object.keys(each).join());
  expect([...new Set(taken)].toSorted()).toEqual(['bearer', 'cookie', 'cookie,csrf', 'oauth2']);
  expect(Object.keys(document.components.securitySchemes).toSorted()).toEqual([
    'bearer',
    'cookie',
    'csrf',
    'oauth2',
  ]);
});

it('finds that each route that asks for a token refuses without one, and with anything else', async () => {
  const basic = Buffer.from(`${user.user.email}:x`).toString('base64');
  for (const { method, path, operation } of routes) {
    if (!operation.security) continue;
    const url = withParameters(path);
    const ask = (headers: Record<string, string>, query = '') =>
      server.api.request(method, url + query, { headers });
    for (const answer of [
      await ask({}),
      await ask({ authorization: `Basic ${basic}` }),
      await ask({ 'x-api-key': user.accessToken, 'x-auth-subject': user.user.id }),
      await ask({}, `?access_token=${user.accessToken}`),
    ]) {
      expectProblem(answer, 401, 'TOKEN_MISSING');
    }
    const bearer = { authorization: `Bearer ${user.refreshToken}` };
    expectProblem(await ask(bearer), 401, 'TOKEN_INVALID');
  }
});

describe('with tokens of OAuth clients', () => {
  /** What asks for no more than a good token of a user's: ending the grant itself. */
  const WITHOUT_ACCOUNT = new Set(['POST /api/auth/logout']);

  const tokenOf = (subject: string) => oauthToken(server.app, 'partner', subject, 'openid');
  const asking = () => routes.filter(({ operation }) => operation.security);

  it('finds none that lets a partner near the account who was granted openid', async () => {
    const token = await tokenOf(user.user.id);
    const reached: string[] = [];
    for (const route of asking()) {
      if (WITHOUT_ACCOUNT.has(nameOf(route))) continue;
      const answer = await server.api.request(route.method, withParameters(route.path), { token });
      if (answer.status !== 403 || !/^INSUFFICIENT_(SCOPE|ROLE)$/.test(answer.body.code))
        reached.push(`${nameOf(route)}: ${answer.status}`);
    }
    expect(reached).toEqual([]);
    expect((await server.api.get('/api/auth/verify?scopes=openid', { token })).status).toBe(204);
    expect((await server.api.post('/api/auth/logout', undefined, { token })).status).toBe(204);
    expectProblem(await server.api.get('/api/auth/verify', { token }), 401, 'TOKEN_REVOKED');
    expect((await server.api.profile(user.accessToken)).status).toBe(200);
  });

  describe('with one standard scope alone', () => {
    /** What opens with it, but for the end of the grant itself; `roles` also where the user is an administrator. */
    const OPENS: Record<string, readonly string[]> = {
      openid: [],
      profile: [],
      email: [],
      offline_access: [],
      roles: [],
      'roles of an administrator': OF_ADMINISTRATORS,
      account: OF_ACCOUNT,
    };

    it('tries each that a client can be granted', () => {
      expect(
        Object.keys(OPENS)
          .filter((name) => !name.includes(' '))
          .toSorted(),
      ).toEqual([...STANDARD_SCOPES].toSorted());
    });

    it.each(Object.entries(OPENS))(
      'opens with %s what is named here, and nothing else',
      async (name, opens) => {
        const [scope = ''] = name.split(' ');
        const roles = { roles: ['user'], 'roles of an administrator': ['user', 'admin'] }[name] ?? [];
        const opened: string[] = [];
        const failed: string[] = [];
        for (const route of asking()) {
          if (WITHOUT_ACCOUNT.has(nameOf(route))) continue;
          // Some of them end the session, or the account.
          const subject = opens.length > 0 ? (await server.api.register()).body.user.id : user.user.id;
          const token = await tokenOfGrant(server.app, {
            clientId: 'partner',
            subject,
            scopes: [scope],
            roles,
          });
          const json =
            BODIES[nameOf(route)] ?? BODY_ROUTES.find((known) => nameOf(known) === nameOf(route))?.fields;
          const options = { token, ...(json && { json }) };
          const { status, body } = await server.api.request(
            route.method,
            withParameters(route.path),
            options,
          );
          if (status !== 403 || !/^INSUFFICIENT_(SCOPE|ROLE)$/.test(body.code)) opened.push(nameOf(route));
          if (status === 401 || status >= 500) failed.push(`${nameOf(route)}: ${status}`);
        }
        expect(failed).toEqual([]);
        expect(opened.toSorted()).toEqual([...opens].toSorted());
      },
    );

    it('tells people, where a client asks for the account, of all that opens with it', () => {
      /** What the page of consent says, and the routes that each part of it is about. */
      const told: Record<string, readonly string[]> = {
        'see and change your profile': [
          'GET /api/profile',
          'PATCH /api/profile',
          'POST /api/auth/email/resend',
        ],
        'see your sessions': ['GET /api/auth/sessions'],
        'your activity': ['GET /api/profile/audit'],
        'all that is kept about you': ['GET /api/profile/export'],
        'end sessions': ['DELETE /api/auth/sessions', 'DELETE /api/auth/sessions/{id}'],
        'sign you out everywhere': ['POST /api/auth/logout-all'],
        'with your password': ['POST /api/auth/reauthenticate'],
        'change the password': ['POST /api/auth/password/change'],
        'the e-mail address': ['POST /api/auth/email/change'],
        'delete the account': ['DELETE /api/profile'],
      };
      expect(Object.values(told).flat().toSorted()).toEqual([...OF_ACCOUNT].toSorted());
      const text = new PageLanguages(undefined).choose('en').words['scope.account'] ?? '';
      expect(Object.keys(told).filter((part) => !text.includes(part))).toEqual([]);
    });
  });

  it('finds none that takes a client for a user', async () => {
    const token = await tokenOf('partner');
    for (const { method, path } of asking())
      expectProblem(await server.api.request(method, withParameters(path), { token }), 403, 'USER_REQUIRED');
  });
});

it('finds that nothing but the documented ways gives out a token', () => {
  const giving = routes.filter(({ operation }) =>
    Object.entries(operation.responses).some(([status, { content = {} }]) => {
      const schemas = Number(status) < 300 ? Object.values(content).map(({ schema }) => schema) : [];
      return schemas.some((schema) => givesToken(schema));
    }),
  );
  const opening = ways.filter(({ opensSession }) => opensSession).map(({ route }) => route);
  expect(named(giving)).toEqual(opening.toSorted());
});

it('finds that each way refuses a caller with nothing that is right', async () => {
  const answers = await Promise.all(
    BODY_ROUTES.filter((route) => !route.needsToken && ways.some((way) => way.route === nameOf(route)))
      .filter(({ path }) => path !== '/api/auth/register')
      .map(async ({ method, path, fields }) => server.api.request(method, path, { json: fields })),
  );
  answers.push(await server.api.get('/api/auth/revocations', { token: user.accessToken }));
  expect(answers).toHaveLength(ways.length - 1);
  for (const { status, body, headers } of answers) {
    expect([400, 401]).toContain(status);
    expect(body.code).toMatch(
      /^(INVALID_CREDENTIALS|CREDENTIAL_INVALID|REFRESH_TOKEN_INVALID|LOGIN_CHALLENGE_INVALID|ONE_TIME_TOKEN_INVALID)$/,
    );
    expect(headers.getSetCookie()).toEqual([]);
  }
});

function givesToken(schema: Schema): boolean {
  if (schema.$ref) {
    const found = document.components.schemas[schema.$ref.split('/').at(-1) ?? ''];
    return found !== undefined && givesToken(found);
  }
  const { accessToken, refreshToken, ...others } = schema.properties ?? {};
  if (accessToken || refreshToken) return true;
  return [...Object.values(others), ...(schema.oneOf ?? []), ...(schema.items ? [schema.items] : [])].some(
    givesToken,
  );
}
