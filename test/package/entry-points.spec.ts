import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { load, origins } from './loading.js';

interface Loaded {
  /** Of the dependencies that package.json names; what those load is theirs. */
  readonly packages: readonly string[];
  /** Of `dist`. */
  readonly folders: readonly string[];
}

const { exports, dependencies, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly exports: Record<string, unknown>;
  readonly dependencies: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
};
const declared = new Set([...Object.keys(dependencies), ...Object.keys(peerDependencies)]);

/** No driver of a database, client, mailer or thread: an application under test keeps all in memory, and traces nothing. */
const NOT_UNDER_TEST = new Set([
  '@opentelemetry/api',
  '@electric-sql/pglite',
  'pg',
  'ioredis',
  'nodemailer',
  'bcryptjs',
  '@node-rs/argon2',
  'piscina',
]);

/** Of its own and of libraries: nine tenths of the time in which it starts. */
const UNDER_TEST_MODULES = 2_900;

/** Of a resource server, its own and of libraries: all that its time to load depends on. RxJS has 224 of them. */
const RESOURCE_SERVER = { modules: 420, bytes: 850_000 };

/**
 * What loading an entry point loads, and no more. Whatever only some applications need (drivers, the client of Redis,
 * SMTP, hashes, Fastify) is loaded when it is first used.
 */
const LOADS: Record<string, Loaded> = {
  '.': {
    packages: [
      '@nestjs/common',
      '@nestjs/core',
      '@nestjs/jwt',
      '@nestjs/passport',
      '@nestjs/swagger',
      'bowser',
      'class-transformer',
      'class-validator',
      'cookie',
      'drizzle-orm',
      'eta',
      'passport',
      'passport-jwt',
      'reflect-metadata',
      'rxjs',
    ],
    folders: [
      '.',
      'access',
      'admin',
      'audit',
      'auth',
      'common',
      'composition',
      'config',
      'database',
      'health',
      'mail',
      'metrics',
      'oauth',
      'pages',
      'push',
      'redis',
      'relay',
      'secrets',
      'throttling',
      'tokens',
      'users',
    ],
  },
  './client': { packages: [], folders: ['client'] },
  './graphql': {
    packages: ['@nestjs/common', '@nestjs/core', 'graphql', 'reflect-metadata', 'rxjs'],
    folders: ['access', 'common', 'graphql', 'tokens'],
  },
  './grpc': {
    packages: [
      '@grpc/grpc-js',
      '@nestjs/common',
      '@nestjs/core',
      '@nestjs/microservices',
      'reflect-metadata',
      'rxjs',
    ],
    folders: ['access', 'common', 'grpc', 'relay', 'tokens'],
  },
  // config: its error, and what is of this machine.
  './resource-server': {
    packages: ['@nestjs/common', '@nestjs/core', 'reflect-metadata', 'rxjs'],
    folders: ['access', 'common', 'config', 'relay', 'resource-server', 'tokens'],
  },
  './testing': {
    packages: ['@nestjs/common', '@nestjs/core', '@nestjs/jwt', 'reflect-metadata', 'rxjs'],
    folders: ['common', 'push', 'testing', 'throttling', 'tokens', 'users'],
  },
  './websockets': {
    packages: ['@nestjs/common', '@nestjs/core', '@nestjs/websockets', 'reflect-metadata', 'rxjs'],
    folders: ['access', 'common', 'tokens', 'websockets'],
  },
};

async function loadedBy(specifier: string): Promise<Loaded> {
  const { packages, folders } = origins((await load(specifier)).modules);
  return { packages: packages.filter((name) => declared.has(name)), folders };
}

describe('Loads only what it is made of:', () => {
  it.each(Object.keys(exports).filter((path) => !path.endsWith('.json')))(
    'the entry point %s',
    async (path) => {
      expect(await loadedBy(join('latchkey', path))).toEqual(LOADS[path]);
    },
  );

  it('a resource server, what it needs of Nest and not all of it', async () => {
    const { modules } = await load('latchkey/resource-server');
    const bytes = modules.reduce((sum, url) => sum + statSync(new URL(url)).size, 0);
    // The time itself is `npm run entry-points`'s to print.
    expect(modules.length).toBeLessThan(RESOURCE_SERVER.modules);
    expect(bytes).toBeLessThan(RESOURCE_SERVER.bytes);
  });

  it('an application under test that keeps all in memory, no driver, no SMTP and no hashes', async () => {
    const { modules } = await load(resolve('test/package/application-under-test.js'));
    const { packages } = origins(modules);
    expect(packages).toContain('@nestjs/testing');
    // What a start takes is loading; the time itself is `npm run entry-points`'s to print.
    expect(modules.length).toBeLessThan(UNDER_TEST_MODULES);
    expect(packages.filter((name) => NOT_UNDER_TEST.has(name))).toEqual([]);
  });

  it.each(['jwt-auth.guard', 'roles.guard', 'scopes.guard', 'access.decorators'])(
    'a guard or decorator, no database, mail, Redis or password code (%s)',
    async (file) => {
      const { packages, folders } = await loadedBy(resolve(`dist/access/${file}.js`));
      const nest = ['@nestjs/common', '@nestjs/core', '@nestjs/jwt', 'reflect-metadata', 'rxjs'];
      expect(packages.filter((name) => ![...nest, 'cookie'].includes(name))).toEqual([]);
      expect(folders.filter((name) => ['database', 'mail', 'redis'].includes(name))).toEqual([]);
    },
  );

  it('the server, no transport, though Nest would load one that is installed', () => {
    const files = ['dist/main.js', ...readdirSync('dist/server').map((name) => join('dist/server', name))];
    const imported = files.flatMap((file) =>
      Array.from(
        readFileSync(file, 'utf8').matchAll(/(?:from|import|import\()\s*['"`](@nestjs\/[^'"`]+)/g),
        ([, name]) => name,
      ),
    );
    expect(imported.filter((name) => !name?.startsWith('@nestjs/platform-'))).toEqual([]);
  });
});
