import { describe, expect, it } from '@jest/globals';
import { doubtfulSettings } from './doubtful-settings.js';
import { loadConfig } from './load-config.js';

const SECRET = 'Zk3v9QpX7mT1bR5wY8nL2cF6hJ4dG0sA';

const doubtsOf = (source: Record<string, string>) =>
  doubtfulSettings(loadConfig({ APP_SECRET: SECRET, ...source }));

describe('doubtfulSettings', () => {
  it.each([
    [{ JWT_SECRET: SECRET }, 'JWT_SECRET is not used: SIGNING_ALG is ES256.'],
    [{ ACCESS_TOKEN_TTL: '8d' }, 'ACCESS_TOKEN_TTL is longer than REFRESH_TOKEN_TTL'],
    [{ REFRESH_TOKEN_TTL: '31d' }, 'REFRESH_TOKEN_TTL is longer than SESSION_MAX_AGE'],
    [
      { PUBLIC_URL: 'http://localhost:3001' },
      'PUBLIC_URL is http://localhost:3001, and the server listens on port 3000',
    ],
    [{ PUBLIC_URL: 'http://127.0.0.1', PORT: '8080' }, 'the server listens on port 8080'],
    [
      { SIGNING_ALG: 'HS256', JWT_SECRET: SECRET, OAUTH_REGISTRATION: 'on' },
      'OAUTH_REGISTRATION: not used, since there is no authorization server: SIGNING_ALG is HS256, which has no public keys.',
    ],
    [
      { OAUTH: 'off', OAUTH_CLIENTS: '[]', OAUTH_LOGOUT_NETWORKS: '10.0.0.0/8' },
      'OAUTH_CLIENTS, OAUTH_LOGOUT_NETWORKS: not used, since there is no authorization server: OAUTH is off.',
    ],
    [
      { ACCOUNT_PAGES: 'off', OAUTH_CLIENTS: '[]' },
      'OAUTH_CLIENTS, with ACCOUNT_PAGES=off: the authorization server has no pages',
    ],
  ])('doubts that %j was meant', (source, sentence) => {
    expect(doubtsOf(source)).toEqual([expect.stringContaining(sentence)]);
  });

  it('says of each time that another cuts off that it does', () => {
    expect(doubtsOf({ ACCESS_TOKEN_TTL: '2h', SESSION_MAX_AGE: '1h', REFRESH_TOKEN_TTL: '3h' })).toEqual([
      expect.stringContaining('ACCESS_TOKEN_TTL is longer than SESSION_MAX_AGE'),
      expect.stringContaining('REFRESH_TOKEN_TTL is longer than SESSION_MAX_AGE'),
    ]);
  });

  it.each([
    {},
    { SIGNING_ALG: 'HS256', JWT_SECRET: SECRET },
    { REFRESH_TOKEN_TTL: '30d' },
    { ACCOUNT_PAGES: 'off' },
    { OAUTH: 'off', ACCOUNT_PAGES: 'off' },
    { OAUTH_CLIENTS: '[]' },
    { PORT: '8080' },
    { PUBLIC_URL: 'http://127.0.0.1:3000' },
    { PUBLIC_URL: 'https://localhost' },
    { PUBLIC_URL: 'http://localhost:8080', HOST: '0.0.0.0' },
    { PUBLIC_URL: 'http://localhost:8080', TRUST_PROXY: '1' },
    { PUBLIC_URL: 'http://localhost:8080/id' },
    { PUBLIC_URL: 'https://id.example.com' },
  ])('has no doubts of %j', (source) => {
    expect(doubtsOf(source)).toEqual([]);
  });
});
