import { generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { InvalidFieldsError } from '../../users/users.errors.js';
import { checkedSettings } from './client-problems.js';
import { type NewClient, settingsOf } from './new-client.js';
import { readAnew } from '../../../test/support/read-anew.js';

const REDIRECT = { redirectUris: ['https://app.example.com/cb'] };
const jwkOf = (key: KeyObject): JsonWebKey => key.export({ format: 'jwk' });
const pair = readAnew(generateKeyPairSync('ec', { namedCurve: 'P-256' }));

function problemsOf(given: Partial<NewClient>): (string | undefined)[] {
  try {
    checkedSettings(settingsOf({ name: 'App', type: 'confidential', ...REDIRECT, ...given }));
    return [];
  } catch (error) {
    if (!(error instanceof InvalidFieldsError)) throw error;
    return error.fields?.map(({ field }) => field) ?? [];
  }
}

describe('What a client is set to', () => {
  it('may be its defaults, with an address to return to', () => {
    expect(problemsOf({})).toEqual([]);
    expect(problemsOf({ type: 'public' })).toEqual([]);
    expect(settingsOf({ name: 'App', type: 'public' }).authMethod).toBe('none');
  });

  it('has no secret in public clients, and something in confidential ones', () => {
    expect(problemsOf({ type: 'public', authMethod: 'client_secret_basic' })).toEqual(['authMethod']);
    expect(problemsOf({ authMethod: 'none' })).toEqual(['authMethod']);
  });

  it('gives public clients no tokens of their own', () => {
    const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
    for (const grant of ['client_credentials', exchange] as const) {
      expect(problemsOf({ type: 'public', grants: [grant] })).toEqual(['grants']);
      expect(problemsOf({ grants: [grant], redirectUris: [] })).toEqual([]);
    }
  });

  it('has an address to return to for codes, and what a refresh token comes from', () => {
    expect(problemsOf({ redirectUris: [] })).toEqual(['redirectUris']);
    expect(problemsOf({ grants: ['client_credentials', 'refresh_token'] })).toEqual(['grants']);
    const device = 'urn:ietf:params:oauth:grant-type:device_code';
    expect(problemsOf({ type: 'public', grants: [device, 'refresh_token'], redirectUris: [] })).toEqual([]);
  });

  it('has keys for private_key_jwt alone, and none that is private or weak', () => {
    const authMethod = 'private_key_jwt';
    const weak = readAnew(generateKeyPairSync('rsa', { modulusLength: 1024 })).publicKey;
    expect(problemsOf({ authMethod, jwks: { keys: [jwkOf(pair.publicKey)] } })).toEqual([]);
    expect(problemsOf({ authMethod })).toEqual(['jwks']);
    expect(problemsOf({ jwks: { keys: [jwkOf(pair.publicKey)] } })).toEqual(['jwks']);
    const wrong = [jwkOf(pair.privateKey), jwkOf(weak), { kty: 'oct', k: 'c2VjcmV0' }, { kty: 'EC' }];
    for (const key of wrong) expect(problemsOf({ authMethod, jwks: { keys: [key] } })).toEqual(['jwks']);
    expect(problemsOf({ authMethod, jwks: { keys: [] } })).toEqual(['jwks']);
  });

  it('keeps of keys what says which they are', () => {
    const key = { ...jwkOf(pair.publicKey), kid: 'one', note: { by: 'me' } };
    const given = { name: 'App', type: 'confidential', authMethod: 'private_key_jwt', ...REDIRECT } as const;
    const { jwks } = checkedSettings(settingsOf({ ...given, jwks: { keys: [key] } }));
    expect(jwks).toEqual({ keys: [{ ...jwkOf(pair.publicKey), kid: 'one' }] });
  });

  it('says for which host pairwise subjects are, where its addresses do not', () => {
    const redirectUris = ['https://a.example/cb', 'https://b.example/cb'];
    expect(problemsOf({ subjectType: 'pairwise' })).toEqual([]);
    expect(problemsOf({ subjectType: 'pairwise', redirectUris })).toEqual(['sector']);
    expect(problemsOf({ subjectType: 'pairwise', redirectUris, sector: 'a.example' })).toEqual([]);
  });

  it('names each field that is wrong', () => {
    const wrong = { redirectUris: ['http://a.example'], origins: ['*'], audiences: ['x'] };
    const logout = { backchannelLogoutUri: 'x', frontchannelLogoutUri: 'y', postLogoutRedirectUris: ['z'] };
    expect(problemsOf({ ...wrong, ...logout })).toEqual([
      'redirectUris',
      'postLogoutRedirectUris',
      'origins',
      'audiences',
      'backchannelLogoutUri',
      'frontchannelLogoutUri',
    ]);
  });
});
