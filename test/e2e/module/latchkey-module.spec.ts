import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PasswordPolicy } from '../../../src/auth/passwords/password-policy.js';
import type { LatchkeyConfig } from '../../../src/config/config.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { ConfigurationError } from '../../../src/config/configuration-error.js';
import { LatchkeyModule } from '../../../src/latchkey.module.js';
import { UsersRepository } from '../../../src/users/users.repository.js';
import { ApiClient } from '../../support/api-client.js';
import { createTestStore } from '../../support/test-store.js';
import { type ExtendedApp, type Platform, startExtendedApp } from '../access/extended-app.js';

const ROUTES: [group: string, method: string, path: string][] = [
  ['login', 'POST', '/api/auth/login'],
  ['login-challenge', 'POST', '/api/auth/login/challenge'],
  ['account', 'GET', '/api/profile'],
  ['admin', 'GET', '/api/admin'],
  ['well-known', 'GET', '/.well-known/jwks.json'],
  ['health', 'GET', '/health/live'],
];

@Injectable()
class ForbiddenWords {
  readonly all = ['roadrunner'];
}

@Module({ providers: [ForbiddenWords], exports: [ForbiddenWords] })
class WordsModule {}

/** A service of the team's that is no part of Latchkey, and injects one of its parts. */
@Injectable()
class Wording {
  constructor(private readonly users: UsersRepository) {}

  async reason(word: string): Promise<string> {
    return `must not name the ${word} (${await this.users.count()} users)`;
  }
}

@Injectable()
class NoForbiddenWords extends PasswordPolicy {
  constructor(
    private readonly words: ForbiddenWords,
    private readonly wording: Wording,
  ) {
    super();
  }

  async reject(password: string): Promise<string | undefined> {
    const found = this.words.all.find((word) => password.includes(word));
    return found === undefined ? undefined : this.wording.reason(found);
  }
}

describe.each<Platform>(['Fastify', 'Express'])('LatchkeyModule on %s', (platform) => {
  let app: ExtendedApp;

  const start = (latchkey: (config: LatchkeyConfig) => ReturnType<typeof LatchkeyModule.forRoot>) =>
    startExtendedApp(platform, { latchkey });
  const statusOf = async (method: string, path: string) => (await app.call(method, path)).status;

  describe('with settings that something injected gives, and parts of a team', () => {
    beforeAll(async () => {
      app = await start((config) =>
        LatchkeyModule.forRootAsync({
          initialAdmin: false,
          imports: [WordsModule],
          inject: [ForbiddenWords],
          useFactory: (words: ForbiddenWords) => Promise.resolve(words.all.length > 0 ? { config } : {}),
          providers: [Wording, { provide: PasswordPolicy, useClass: NoForbiddenWords }],
        }),
      );
    });
    afterAll(() => app.close());

    it('asks the part that stands in for a default, which injects what the team imports and provides', async () => {
      const api = new ApiClient(app.url);
      const refused = await api.register({ password: 'beep says the roadrunner' });
      expect(refused.body.errors?.[0]?.message).toBe('must not name the roadrunner (1 users)');
      expect((await api.register()).status).toBe(201);
    });

    it('has every route', async () => {
      const answers = await Promise.all(ROUTES.map(([, method, path]) => statusOf(method, path)));
      expect(answers).not.toContain(404);
    });
  });

  describe('with some routes', () => {
    beforeAll(async () => {
      app = await start((config) =>
        LatchkeyModule.forRoot({
          config,
          initialAdmin: false,
          routes: { only: ['login', 'health'], except: ['health'] },
        }),
      );
    });
    afterAll(() => app.close());

    it.each(ROUTES)('has those of %s only if it is told to', async (group, method, path) => {
      expect((await statusOf(method, path)) === 404).toBe(group !== 'login');
    });
  });

  describe('with the routes of administrators only', () => {
    beforeAll(async () => {
      app = await start((config) =>
        LatchkeyModule.forRoot({ config, initialAdmin: false, routes: { only: ['admin'] } }),
      );
    });
    afterAll(() => app.close());

    it('has none of what administration makes use of', async () => {
      const beside: [method: string, path: string][] = [
        ['POST', '/api/auth/register'],
        ['POST', '/api/auth/invitation/accept'],
        ['POST', '/api/auth/password/forgot'],
        ['POST', '/api/auth/password/reset'],
        ['DELETE', '/api/profile'],
        ['GET', '/api/profile/export'],
        ['GET', '/api/auth/csrf'],
      ];
      expect(await statusOf('GET', '/api/admin')).toBe(401);
      for (const [method, path] of [...ROUTES.map(([, ...route]) => route), ...beside])
        if (path !== '/api/admin') expect([path, await statusOf(method, path)]).toEqual([path, 404]);
    });
  });

  describe('without routes', () => {
    beforeAll(async () => {
      app = await start((config) => LatchkeyModule.forRoot({ config, initialAdmin: false, routes: false }));
    });
    afterAll(() => app.close());

    it.each(ROUTES)('has none of %s', async (_, method, path) => {
      expect(await statusOf(method, path)).toBe(404);
    });

    it('has its services', async () => {
      const users = app.app.get(UsersRepository, { strict: false });
      expect(await users.findById('0198f000-0000-7000-8000-000000000000')).toBeUndefined();
    });
  });
});

it('LatchkeyModule warns in one line of settings of the environment that it cannot apply', async () => {
  const store = await createTestStore({ environment: { TRUST_PROXY: '127.0.0.1', SHUTDOWN_DELAY: '1s' } });
  @Module({
    imports: [LatchkeyModule.forRoot({ config: loadConfig(store.environment), initialAdmin: false })],
  })
  class TeamModule {}
  const warnings: unknown[] = [];
  const silent = () => undefined;
  const logger = { log: silent, error: silent, warn: (line: unknown) => warnings.push(line) };
  const app = await NestFactory.createApplicationContext(TeamModule, { logger, abortOnError: false });
  await app.close();
  await store.remove();
  expect(warnings.filter((line) => String(line).includes('LatchkeyModule'))).toEqual([
    expect.stringMatching(/^TRUST_PROXY, SHUTDOWN_DELAY: LatchkeyModule does not apply this/),
  ]);
});

describe('LatchkeyModule refuses', () => {
  const start = (latchkey: ReturnType<typeof LatchkeyModule.forRoot>) => {
    @Module({ imports: [latchkey] })
    class TeamModule {}
    return NestFactory.createApplicationContext(TeamModule, { logger: false, abortOnError: false });
  };

  it('an option that is wrong, by its name, when the application starts', async () => {
    const starting = start(LatchkeyModule.forRoot({ accessTokenTtl: '15x', appSecret: 'short' }));
    await expect(starting).rejects.toThrow(
      new ConfigurationError([
        'appSecret must be set to at least 32 random bytes (try: openssl rand -base64 48)',
        'accessTokenTtl must be a duration such as 500ms, 10s, 15m or 7d, from 1s to 36500d',
      ]),
    );
  });

  it('an option of a factory that is misspelled', async () => {
    const misspelled: object = { accesTokenTtl: '5m' };
    const useFactory = () => misspelled;
    await expect(start(LatchkeyModule.forRootAsync({ useFactory }))).rejects.toThrow(
      new ConfigurationError(['accesTokenTtl is no option; accessTokenTtl was probably meant']),
    );
  });

  it('a setting beside those that were read already', async () => {
    const options = { config: {} as LatchkeyConfig, port: 4000 };
    await expect(start(LatchkeyModule.forRoot(options))).rejects.toThrow(
      new ConfigurationError(['port cannot be given beside config, which holds every setting']),
    );
  });

  it('a database that is none, or that is named twice, and a switch that is neither on nor off', async () => {
    const database = { pool: 'postgres://localhost', migrat: true };
    const options: object = { database, databaseUrl: 'postgres://localhost/shop' };
    await expect(start(LatchkeyModule.forRoot(options))).rejects.toThrow(
      new ConfigurationError([
        'database.migrat is no option; there are pool and migrate',
        'database.pool must be a Pool of pg',
        'databaseUrl cannot be given beside database',
      ]),
    );
    const open: object = { globalGuards: 0 };
    expect(() => LatchkeyModule.forRoot(open)).toThrow(
      new ConfigurationError(['globalGuards must be true or false']),
    );
  });

  it('what is found to be wrong when parts are made, by the name of the option', async () => {
    const store = await createTestStore({});
    const { DATABASE_URL: databaseUrl, APP_SECRET: appSecret } = store.environment;
    const options = { dataDir: store.dataDir, databaseUrl, appSecret };
    await expect(start(LatchkeyModule.forRoot({ ...options, mailLanguage: 'fr' }))).rejects.toThrow(
      new ConfigurationError(['mailLanguage must be one of en, de']),
    );
    const signingKeyFiles = ['/nowhere.pem'];
    await expect(start(LatchkeyModule.forRoot({ ...options, signingKeyFiles }))).rejects.toThrow(
      'signingKeyFiles: /nowhere.pem cannot be read (ENOENT).',
    );
    await store.remove();
  });

  it('routes that there are not, and an option beside the factory that there is not, at once', () => {
    expect(() => LatchkeyModule.forRoot({ routes: { only: ['logn' as 'login'] } })).toThrow(
      new ConfigurationError(['routes.only: logn names no routes; login was probably meant']),
    );
    const misspelled = { useFactory: () => ({}), provider: [] };
    expect(() => LatchkeyModule.forRootAsync(misspelled)).toThrow(
      new ConfigurationError(['provider is no option; providers was probably meant']),
    );
  });
});
