import { describe, expect, it } from '@jest/globals';
import { misspelledSettings } from './misspelled-settings.js';

describe('misspelledSettings', () => {
  it.each([
    ['ACCES_TOKEN_TTL', 'ACCESS_TOKEN_TTL'],
    ['APP_SECERT', 'APP_SECRET'],
    ['APP_SECRET_FIEL', 'APP_SECRET_FILE'],
    ['DATABSE_URL', 'DATABASE_URL'],
    ['PROT', 'PORT'],
    ['access_token_ttl', 'ACCESS_TOKEN_TTL'],
    ['LATCHKEY_REDIS_URL', 'REDIS_URL'],
    ['REFRESH-TOKEN-TTL', 'REFRESH_TOKEN_TTL'],
    ['PASSWORD_HASHING', 'PASSWORD_HASH'],
    ['TRUST_PROXIES', 'TRUST_PROXY'],
    ['TRUSTED_PROXY', 'TRUST_PROXY'],
    ['SESSION_STORES', 'SESSION_STORE'],
    ['POST', 'PORT'],
    ['SIGNING_ALGORITHM', 'SIGNING_ALG'],
    ['REFRESH_TOKEN_EXPIRES_IN', 'REFRESH_TOKEN_TTL'],
    ['JWT_EXPIRES_IN', 'ACCESS_TOKEN_TTL'],
    ['DB_URL', 'DATABASE_URL'],
  ])('takes %s for %s', (name, meant) => {
    expect(misspelledSettings({ [name]: 'x' })).toEqual([{ name, meant }]);
  });

  it("says nothing of another system's name where ours is set", () => {
    expect(misspelledSettings({ DB_URL: 'x', DATABASE_URL_FILE: 'y' })).toEqual([]);
  });

  it('says nothing of settings, and of what else is in an environment', () => {
    const names =
      'PATH HOME HOSTNAME USER LANG PWD TERM SHELL LOGNAME TZ CI SHLVL _ npm_config_cache NODE_OPTIONS ' +
      'NODE_EXTRA_CA_CERTS MAIL OLDPWD DEBUG EDITOR PGHOST PGPORT PGUSER POSTGRES_URL SECRET_KEY KUBERNETES_SERVICE_HOST HTTP_PROXY ACCESS_TOKEN_TTL APP_SECRET_FILE NODE_ENV PORT';
    expect(misspelledSettings(Object.fromEntries(names.split(' ').map((name) => [name, 'x'])))).toEqual([]);
  });
});
