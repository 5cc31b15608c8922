import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithPostgres, type TestDatabase } from '../../support/services/available.js';
import { createMigratedDatabase } from '../../support/services/migrated-database.js';
import { temporaryDirectory, type TestEnvironment, testEnvironment } from '../../support/test-config.js';
import { runCommand } from '../support/operator.js';

interface Client {
  id: string;
  name: string;
  secret?: string;
  secrets: { expiresAt: string | null }[];
}

const REDIRECT = ['--redirect-uris', 'https://shop.example.com/callback'];

describeWithPostgres('the commands of OAuth clients', () => {
  const directory = temporaryDirectory();
  let database: TestDatabase;
  let environment: TestEnvironment;

  beforeAll(async () => {
    database = await createMigratedDatabase();
    environment = testEnvironment(directory.path, { NODE_ENV: 'development', DATABASE_URL: database.url });
  });
  afterAll(async () => {
    await database.drop();
    directory.remove();
  });

  const cli = (...words: string[]) => runCommand(environment, 'clients', ...words);
  const json = async (...words: string[]) => {
    const { stdout, stderr, code } = await cli(...words, '--json');
    expect([code, stderr]).toEqual([0, '']);
    return JSON.parse(stdout) as Client;
  };

  it('make a client, show it without its secret, change, list and delete it', async () => {
    const { secret, ...made } = await json(
      'create',
      'Shop',
      '--type',
      'confidential',
      ...REDIRECT,
      '--first-party',
      'on',
    );
    expect(secret).toMatch(/^lk_cs_[\w-]{43}$/);
    expect(made).toMatchObject({
      name: 'Shop',
      firstParty: true,
      grants: ['authorization_code', 'refresh_token'],
    });
    expect(await json('show', made.id)).toEqual(made);
    const words = ['--name', 'Store', '--scopes', 'openid,orders:read', '--access-token-ttl', '60'];
    words.push('--refresh-token-ttl', '3600', '--grant-max-age', '86400');
    expect(await json('set', made.id, ...words)).toMatchObject({
      name: 'Store',
      scopes: ['openid', 'orders:read'],
      accessTokenTtl: 60,
      refreshTokenTtl: 3600,
      grantMaxAge: 86_400,
      firstParty: true,
    });
    expect((await cli('list')).stdout).toMatch(new RegExp(`${made.id} +Store +confidential +on`));
    expect((await cli('delete', made.id, '--yes')).stdout).toBe(`The client ${made.id} is deleted.\n`);
    expect((await cli('show', made.id)).code).toBe(3);
  });

  it('give another secret, beside which the old one stays good unless it is to end', async () => {
    const { id, secret } = await json('create', 'Shop', '--type', 'confidential', ...REDIRECT);
    const { stdout } = await cli('rotate-secret', id, '--overlap', '60');
    expect(stdout).toMatch(/^The new secret of the client .*, shown this once: lk_cs_/);
    expect(stdout).not.toContain(secret);
    expect((await json('show', id)).secrets.map(({ expiresAt }) => expiresAt)).toEqual([
      null,
      expect.any(String),
    ]);
    expect((await json('rotate-secret', id, '--now')).secrets).toHaveLength(1);
  });

  it('read keys of a file, and grants by their short names', async () => {
    const file = join(directory.path, 'jwks.json');
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(file, JSON.stringify({ keys: [publicKey.export({ format: 'jwk' })] }));
    const options = ['--grants', 'client_credentials,token-exchange', '--auth-method', 'private_key_jwt'];
    const made = await json('create', 'API', '--type', 'confidential', ...options, '--jwks', file);
    expect(made).toMatchObject({
      grants: ['client_credentials', 'urn:ietf:params:oauth:grant-type:token-exchange'],
      jwks: { keys: [{ kty: 'EC' }] },
    });
    expect(made.secret).toBeUndefined();
  });

  it('say what is wrong, by the rules of the routes', async () => {
    const create = (...words: string[]) => cli('create', 'Shop', '--type', 'public', ...words);
    for (const [answer, problem] of [
      [await create(), /redirectUris must hold at least one/],
      [await create(...REDIRECT, '--grants', 'password'), /each of grants must be one of/],
      [await create(...REDIRECT, '--access-token-ttl', 'long'), /accessTokenTtl must be a whole number/],
      [await create(...REDIRECT, '--jwks', '/none'), /The file of --jwks cannot be read/],
    ] as const) {
      expect(answer).toMatchObject({ code: 1, stdout: '' });
      expect(answer.stderr).toMatch(problem);
    }
    expect((await cli('create', 'Shop')).code).toBe(2);
    expect((await cli('set', 'unknown', '--name', 'X')).code).toBe(3);
  });

  it('make a token by which applications register, list it without that, and revoke it', async () => {
    const tokens = async (...words: string[]) => {
      const { stdout, stderr, code } = await runCommand(
        environment,
        'initial-access-tokens',
        ...words,
        '--json',
      );
      expect([code, stderr]).toEqual([0, '']);
      return JSON.parse(stdout) as Record<string, unknown>;
    };
    const words = ['--scopes', 'openid', '--uses', '3', '--expires-in', '600'];
    const { token, ...made } = await tokens('create', 'Partner', ...words);
    expect(token).toMatch(/^lk_it_[\w-]{43}$/);
    expect(made).toMatchObject({ name: 'Partner', scopes: ['openid'], uses: 3, usesLeft: 3 });
    expect(await tokens('list')).toEqual([made]);
    await tokens('revoke', String(made['id']));
    expect(await tokens('list')).toEqual([]);
  });
});
