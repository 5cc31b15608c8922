import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '../../test/support/test-config.js';
import { loadWhatIsGood } from './load-what-is-good.js';

const directory = temporaryDirectory();
afterAll(() => directory.remove());
const SECRET = 'xK3vR8mQ2wN7pL5tJ9hB4dF6gS1zC0yAqP';
const DATA_DIR = join(directory.path, 'data');

describe('loadWhatIsGood', () => {
  it('is the whole configuration where nothing is bad, and makes neither a directory nor a secret', () => {
    const { config, problems, withoutSecret } = loadWhatIsGood({ DATA_DIR, PORT: '4000' });
    expect([config?.http.port, problems, withoutSecret]).toEqual([4000, [], true]);
    expect(existsSync(DATA_DIR)).toBe(false);
    expect(loadWhatIsGood({ DATA_DIR, APP_SECRET: SECRET }).withoutSecret).toBe(false);
  });

  it('has the secret that a start has generated', () => {
    const other = join(directory.path, 'started');
    mkdirSync(other);
    writeFileSync(join(other, 'app-secret'), SECRET);
    const { config, withoutSecret } = loadWhatIsGood({ DATA_DIR: other });
    expect(withoutSecret).toBe(false);
    expect(config?.tokens.appSecret.export().toString()).toBe(SECRET);
  });

  it('has defaults in place of what is bad, and says which', () => {
    const { config, problems, bad } = loadWhatIsGood({
      DATA_DIR,
      PORT: 'http',
      MAIL_URL: 'smtp://mail.example.com',
      ACCESS_TOKEN_TTL_FILE: join(directory.path, 'none'),
      REDIS_URL: 'redis://localhost',
    });
    expect([...bad].toSorted()).toEqual(['ACCESS_TOKEN_TTL', 'MAIL_FROM', 'PORT']);
    expect(problems).toHaveLength(3);
    expect(config).toMatchObject({
      http: { port: 3000 },
      mail: { server: { host: 'mail.example.com' } },
      redis: { url: 'redis://localhost' },
    });
  });

  it('looks on without the secrets that production needs', () => {
    const { config, bad, withoutSecret } = loadWhatIsGood({
      NODE_ENV: 'production',
      SIGNING_ALG: 'HS256',
      DATA_DIR,
    });
    expect([...bad].toSorted()).toEqual(['APP_SECRET', 'JWT_SECRET']);
    expect([config?.app.production, withoutSecret]).toEqual([true, true]);
  });
});
