import { describe, expect, it } from '@jest/globals';
import { ConfigurationError } from '../config/configuration-error.js';
import { checkComposition, ResourceServerConfig } from './resource-server.config.js';
import type { ResourceServerComposition } from './resource-server-options.js';

const GOOD = { issuer: 'https://id.example.com', audience: 'https://api.example.com' };

function problemsOf(changes: Record<string, unknown>): readonly string[] {
  try {
    return [JSON.stringify(new ResourceServerConfig({ ...GOOD, ...changes }))];
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as ConfigurationError).problems;
  }
}

describe('The settings of a resource server', () => {
  it('are an issuer and an audience; the rest has a default', () => {
    expect(new ResourceServerConfig(GOOD)).toMatchObject({
      ...GOOD,
      algorithms: ['ES256', 'ES384', 'RS256', 'PS256'],
      keysMaxStaleness: 86_400_000,
      maxTokenAge: 86_400_000,
      clockLeeway: 5_000,
      allowHttp: false,
    });
  });

  it.each([
    'http://127.0.0.1:3000',
    'http://localhost:3000',
    'http://[::1]:3000',
    'https://id.example.com/tenant',
  ])('take the issuer %s', (issuer) => {
    expect(new ResourceServerConfig({ ...GOOD, issuer }).issuer).toBe(issuer);
  });

  it('take http of another host only where that is said', () => {
    const issuer = 'http://latchkey:3000';

    expect(problemsOf({ issuer })).toEqual([expect.stringContaining('allowHttp')]);
    expect(new ResourceServerConfig({ ...GOOD, issuer, allowHttp: true }).issuer).toBe(issuer);
  });

  it.each<[Record<string, unknown>, string]>([
    [{ issuer: undefined }, 'issuer must be a URL'],
    [{ issuer: 'id.example.com' }, 'issuer must be a URL'],
    [{ issuer: 'https://id.example.com/?a=1' }, 'issuer must be a URL'],
    [{ issuer: 'https://ada:secret@id.example.com' }, 'issuer must be a URL'],
    [{ issuer: 'file:///etc/keys' }, 'issuer must be a URL'],
    [{ audience: '' }, 'audience must be'],
    [{ audience: ['a'] }, 'audience must be'],
    [{ algorithms: ['HS256'] }, 'algorithms must be a list of'],
    [{ algorithms: [] }, 'algorithms must be a list of'],
    [{ algorithms: 'ES256' }, 'algorithms must be a list of'],
    [{ jwksUri: 'http://keys.example.com' }, 'jwksUri must start with https://'],
    [{ allowHttp: 'yes' }, 'allowHttp must be true or false'],
    [{ clockLeeway: 5 }, 'clockLeeway must be a duration'],
    [{ keysMaxStaleness: 'long' }, 'keysMaxStaleness must be a duration'],
    [{ maxTokenAge: '1w' }, 'maxTokenAge must be a duration'],
    [{ jwksURI: 'https://keys.example.com' }, 'jwksURI is no option'],
  ])('refuse %j', (changes, problem) => {
    expect(problemsOf(changes)).toEqual([expect.stringContaining(problem)]);
  });

  it.each<[Record<string, unknown>, string]>([
    [{ transports: {} }, 'transports must be a list'],
    [{ transports: [{}] }, 'transports must hold'],
    [{ globalGuards: 'no' }, 'globalGuards must be true or false'],
  ])('and what a module is made of refuse %j', (composition, problem) => {
    expect(() => checkComposition(composition as ResourceServerComposition)).toThrow(problem);
  });
});
