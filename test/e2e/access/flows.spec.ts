import 'reflect-metadata';
import type { Provider, Type } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { modulesWithRoutes, type RouteGroup } from '../../../src/composition/route-groups.js';
import { type Database, DATABASE } from '../../../src/database/database.js';
import { knownDevices } from '../../../src/tokens/devices/device-history.table.js';
import { oneTimeTokens } from '../../../src/tokens/one-time/one-time-tokens.table.js';
import { uniqueEmail } from '../../support/api-client.js';
import { CapturedMails } from '../../support/captured-mails.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { expectProblem } from '../support/problems.js';

const GROUPS: Record<RouteGroup, true> = {
  'well-known': true,
  registration: true,
  login: true,
  'login-challenge': true,
  session: true,
  reauthentication: true,
  account: true,
  'password-reset': true,
  'email-verification': true,
  'email-change': true,
  audit: true,
  'forward-auth': true,
  'revocation-feed': true,
  admin: true,
  health: true,
};
const NAMES = Object.keys(GROUPS) as RouteGroup[];

const metadataOf = <T>(key: string, module: Type): T[] =>
  (Reflect.getMetadata(key, module) as T[] | undefined) ?? [];

/** What a module consists of: its routes and its services. */
function partsOf(module: Type): unknown[] {
  return [...metadataOf<Type>('controllers', module), ...metadataOf<Provider>('providers', module)];
}

/** The modules, and what they import. */
function reachableFrom(modules: readonly Type[], found = new Set<Type>()): Set<Type> {
  for (const module of modules.filter((each) => !found.has(each))) {
    found.add(module);
    reachableFrom(metadataOf<Type>('imports', module), found);
  }
  return found;
}

describe('A flow that is left out', () => {
  it.each(NAMES)('leaves neither routes nor services: %s', (name) => {
    const [module] = modulesWithRoutes({ only: [name] });
    const others = reachableFrom(modulesWithRoutes({ except: [name] }));
    expect(module && others.has(module)).toBe(false);
    const left = new Set([...others].flatMap(partsOf));
    const own = module ? partsOf(module) : [];
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter((part) => left.has(part))).toEqual([]);
  });
});

describe('An application that only registers users, and administers them', () => {
  const mails = new CapturedMails();
  let server: TestApp;

  beforeAll(async () => {
    const except: RouteGroup[] = ['login', 'email-verification', 'email-change', 'password-reset'];
    server = await startTestApp({ routes: { except }, providers: [mails.provider] });
  });
  afterAll(() => server.close());

  it('writes down nothing for the flows that it has not', async () => {
    const { user } = (await server.api.register()).body;
    const database = server.app.get<Database>(DATABASE);
    expect(await database.select().from(oneTimeTokens)).toEqual([]);
    expect(await database.select().from(knownDevices)).toEqual([]);
    expect(mails.to(user.email)).toEqual([]);
  });

  it('has no route for them, and the rest', async () => {
    const { accessToken: token } = (await server.api.register()).body;
    const statusOf = async (method: string, path: string) =>
      (await fetch(server.url + path, { method, headers: { authorization: `Bearer ${token}` } })).status;
    expect(await statusOf('POST', '/api/auth/login')).toBe(404);
    expect(await statusOf('POST', '/api/auth/email/change')).toBe(404);
    expect(await statusOf('GET', '/api/profile')).toBe(200);
  });
});

it('An application without registration refuses invitations, which no one could accept', async () => {
  const server = await startTestApp({ routes: { except: ['registration'] } });
  try {
    const admin = server.initialAdmin;
    const { accessToken: first } = (await server.api.login(admin?.email ?? '', admin?.password)).body;
    const newPassword = 'purple monkey dishwasher tuesday';
    const passwords = { currentPassword: admin?.password, newPassword };
    await server.api.post('/api/auth/password/change', passwords, { token: first });
    const { accessToken: token } = (await server.api.login(admin?.email ?? '', newPassword)).body;
    const invited = await server.api.post('/api/admin/invitations', { email: uniqueEmail() }, { token });
    expectProblem(invited, 403, 'REGISTRATION_CLOSED');
  } finally {
    await server.close();
  }
});
