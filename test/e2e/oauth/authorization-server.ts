import { randomBytes } from 'node:crypto';
import type { INestApplication } from '@nestjs/common';
import * as oidc from 'openid-client';
import { Clock } from '../../../src/common/clock.js';
import type { LatchkeyComposition } from '../../../src/composition/latchkey-options.js';
import { LatchkeyModule } from '../../../src/latchkey.module.js';
import { OAuthClients } from '../../../src/oauth/clients/oauth-clients.js';
import { OPERATOR } from '../../../src/oauth/clients/client-writer.js';
import type { NewClient } from '../../../src/oauth/clients/new-client.js';
import { ApiClient } from '../../support/api-client.js';
import { startTestApp, type TestApp, type TestAppOptions } from '../../support/test-app.js';
import type { TestEnvironment } from '../../support/test-config.js';
import { type Platform, startExtendedApp } from '../access/extended-app.js';
import { RoundRobin } from './round-robin.js';

export const CALLBACK = 'http://127.0.0.1/callback';

/** What of a server its clients need to know. */
interface AuthorizationServerUnderTest extends Pick<TestApp, 'api' | 'clock'> {
  readonly app: INestApplication;
}

/** An authorization server, and what its clients do. */
export class TestAuthorizationServer {
  private constructor(
    readonly server: AuthorizationServerUnderTest,
    readonly url: string,
    readonly close: () => Promise<void>,
    /** Of several instances. */
    private readonly front?: { readonly lead: RoundRobin; readonly targets: readonly string[] },
  ) {}

  static async start(options: TestAppOptions = {}): Promise<TestAuthorizationServer> {
    const environment = { OAUTH: 'on', ...options.environment };
    const server = await startTestApp({ ...options, environment });
    return new TestAuthorizationServer(server, server.url, () => server.close());
  }

  /** Of an application of a team, which has imported Latchkey. */
  static async startOn(
    platform: Platform,
    composition: LatchkeyComposition,
  ): Promise<TestAuthorizationServer> {
    const server = await startExtendedApp(platform, {
      latchkey: (config) => LatchkeyModule.forRoot({ ...composition, config, initialAdmin: false }),
    });
    const api = new ApiClient(server.url);
    return new TestAuthorizationServer({ ...server, api }, server.url, () => server.close());
  }

  /** Several instances, each of which gets the next request, whose it may be. @param options of which all have the stores */
  static async startSeveral(count: number, options: TestAppOptions): Promise<TestAuthorizationServer> {
    const front = await RoundRobin.listen();
    const environment = {
      OAUTH: 'on',
      PUBLIC_URL: front.url.replace('127.0.0.1', 'localhost'),
      ...options.environment,
    };
    const servers: TestApp[] = [];
    const close = async () => {
      await Promise.all([front.close(), ...servers.map((server) => server.close())]);
    };
    try {
      for (let index = 0; index < count; index++)
        servers.push(await startTestApp({ ...options, environment }));
      const [first] = servers;
      if (!first) throw new Error('There must be an instance.');
      for (const { app } of servers) first.clock.isToldBy(app.get(Clock));
      const targets = servers.map(({ url }) => url);
      front.leadTo(targets);
      return new TestAuthorizationServer(first, front.url, close, { lead: front, targets });
    } catch (error) {
      await close();
      throw error;
    }
  }

  /**
   * Two instances, or one on the embedded database, which one process alone may have.
   * @param environment of `describeOnEachStore`
   */
  static async startOnStore(
    environment: TestEnvironment,
    settings: TestEnvironment = {},
  ): Promise<TestAuthorizationServer> {
    const APP_SECRET = randomBytes(32).toString('base64url');
    const options = { environment: { ...environment, APP_SECRET, ...settings } };
    return environment['DATABASE_URL'] === ''
      ? TestAuthorizationServer.start(options)
      : TestAuthorizationServer.startSeveral(2, options);
  }

  /** Leads all that is asked meanwhile to one of several instances, and then again to each in turn. */
  async at<T>(instance: number, ask: () => Promise<T>): Promise<T> {
    if (!this.front) return ask();
    const { lead, targets } = this.front;
    lead.leadTo(targets.slice(instance, instance + 1));
    try {
      return await ask();
    } finally {
      lead.leadTo(targets);
    }
  }

  /** The issuer. */
  get origin(): string {
    return this.url.replace('127.0.0.1', 'localhost');
  }

  /** A client of a library that nobody here wrote. */
  async client(settings: Partial<NewClient> = {}): Promise<oidc.Configuration> {
    const { client, secret } = await this.newClient(settings);
    return this.clientOf(client.id, secret);
  }

  /** The same of a client that there is. */
  async clientOf(id: string, secret: string | undefined): Promise<oidc.Configuration> {
    const authentication = secret === undefined ? oidc.None() : oidc.ClientSecretBasic(secret);
    return oidc.discovery(new URL(this.origin), id, undefined, authentication, {
      // oxlint-disable-next-line typescript/no-deprecated -- on loopback
      execute: [oidc.allowInsecureRequests],
    });
  }

  /** A client by itself. */
  newClient(settings: Partial<NewClient> = {}): ReturnType<OAuthClients['create']> {
    return this.server.app.get(OAuthClients, { strict: false }).create(
      {
        name: 'Shop',
        type: 'confidential',
        firstParty: true,
        grants: ['authorization_code', 'refresh_token'],
        redirectUris: [CALLBACK],
        scopes: ['openid', 'profile', 'email', 'roles', 'account', 'offline_access'],
        ...settings,
      },
      OPERATOR,
    );
  }

  /** Where a browser is sent to for a code. @returns also what the exchange needs */
  async authorizationUrl(
    config: oidc.Configuration,
    parameters: Record<string, string> = {},
  ): Promise<{ readonly url: URL; readonly checks: oidc.AuthorizationCodeGrantChecks }> {
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
    const expectedNonce = oidc.randomNonce();
    const expectedState = oidc.randomState();
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: CALLBACK,
      scope: 'openid email',
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: expectedState,
      nonce: expectedNonce,
      ...parameters,
    });
    return { url, checks: { pkceCodeVerifier, expectedNonce, expectedState, idTokenExpected: true } };
  }

  /** Asks for a code as a browser does. @returns where it is sent, and what the exchange needs */
  async authorize(
    config: oidc.Configuration,
    cookie: string | undefined,
    parameters: Record<string, string> = {},
  ): Promise<{ readonly location: URL; readonly checks: oidc.AuthorizationCodeGrantChecks }> {
    const { url, checks } = await this.authorizationUrl(config, parameters);
    const answer = await fetch(url, { headers: cookie === undefined ? {} : { cookie }, redirect: 'manual' });
    const location = new URL(answer.headers.get('location') ?? 'none:', this.origin);
    return { location, checks };
  }
}
