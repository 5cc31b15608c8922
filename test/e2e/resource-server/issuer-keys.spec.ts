import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { Logger } from '@nestjs/common';
import { ResourceServerConfig } from '../../../src/resource-server/resource-server.config.js';
import { askIssuer } from '../../../src/resource-server/issuer/ask-issuer.js';
import { IssuerKeyReader } from '../../../src/resource-server/issuer/issuer-key-reader.js';
import { IssuerKeys } from '../../../src/resource-server/issuer/issuer-keys.js';
import type { ResourceServerSettings } from '../../../src/resource-server/resource-server-options.js';
import { TokenKey } from '../../../src/tokens/keys/token-key.js';
import { ManualClock } from '../../integration/manual-clock.js';
import { ScriptedIssuer } from './scripted-issuer.js';
import { readAnew } from '../../support/read-anew.js';

const METADATA = '/.well-known/oauth-authorization-server';
const OPENID = '/.well-known/openid-configuration';
const newKey = () =>
  TokenKey.asymmetric(readAnew(generateKeyPairSync('ec', { namedCurve: 'P-256' })).privateKey, 'ES256');
const [KEY, OTHER] = [newKey(), newKey()];
const COOLDOWN = 10_000;

describe('The keys of an issuer', () => {
  const clock = new ManualClock();
  let issuer: ScriptedIssuer;
  let keys: IssuerKeys;

  beforeEach(async () => {
    Logger.overrideLogger(false);
    issuer = await ScriptedIssuer.start();
    issuer.publish([KEY.publicJwk]);
  });

  afterEach(async () => {
    keys.onApplicationShutdown();
    await issuer.close();
  });

  function hold(settings: Partial<ResourceServerSettings> = {}): void {
    const config = new ResourceServerConfig({ issuer: issuer.url, audience: 'a', ...settings });
    keys = new IssuerKeys(new IssuerKeyReader(config), config, clock);
  }

  async function start(settings: Partial<ResourceServerSettings> = {}): Promise<void> {
    hold(settings);
    await keys.onModuleInit();
  }

  /** What a request with the key would meet, having waited where it has to. */
  async function outcomeOf(kid = KEY.kid): Promise<string> {
    const look = () => (keys.find(kid) ? 'known' : 'unknown');
    try {
      return look();
    } catch {
      await keys.catchUp();
      try {
        return look();
      } catch (error) {
        return (error as { code: string }).code;
      }
    }
  }

  describe('are found', () => {
    it('through the metadata, which are read once for many questions', async () => {
      await start();
      clock.advance(COOLDOWN);
      await outcomeOf('other');

      expect(await outcomeOf()).toBe('known');
      expect(issuer.asked).toEqual([METADATA, '/jwks', '/jwks']);
    });

    it('through the metadata of OpenID Connect, where there are no others', async () => {
      issuer.answers.delete(METADATA);
      issuer.give(OPENID, { issuer: issuer.url, jwks_uri: `${issuer.url}/jwks` });
      await start();

      expect(await outcomeOf()).toBe('known');
    });

    it('of an issuer that has a path, where RFC 8414 says', async () => {
      issuer.give(`${METADATA}/tenant`, { issuer: `${issuer.url}/tenant`, jwks_uri: `${issuer.url}/jwks` });
      await start({ issuer: `${issuer.url}/tenant` });

      expect(await outcomeOf()).toBe('known');
    });

    it('at jwksUri, and the metadata are not asked for', async () => {
      issuer.answers.delete(METADATA);
      await start({ jwksUri: `${issuer.url}/jwks` });

      expect(await outcomeOf()).toBe('known');
      expect(issuer.asked).toEqual(['/jwks']);
    });
  });

  describe('are not taken from metadata', () => {
    it.each<[string, Record<string, unknown>]>([
      ['of another issuer', { issuer: 'https://other.example.com' }],
      ['of the same issuer in another spelling', { issuer: 'HTTP://127.0.0.1' }],
      ['without issuer', { issuer: undefined }],
      ['that name keys on another host', { jwks_uri: 'https://keys.example.com/jwks' }],
      ['that name a file', { jwks_uri: 'file:///etc/passwd' }],
      ['that name an address within the network', { jwks_uri: 'http://169.254.169.254/latest/meta-data' }],
      ['that name no keys, as those of HS256', { jwks_uri: undefined }],
      ['whose address is no text', { jwks_uri: ['/jwks'] }],
    ])('%s', async (_, changes) => {
      issuer.publish([KEY.publicJwk], changes);
      await start();

      expect(await outcomeOf()).toBe('UNAVAILABLE');
      expect(issuer.countOf('/jwks')).toBe(0);
    });
  });

  it('are not taken from another port of the same machine, which is not even asked', async () => {
    const other = await ScriptedIssuer.start();
    other.publish([KEY.publicJwk]);
    issuer.publish([KEY.publicJwk], { jwks_uri: `${other.url}/jwks` });
    await start();
    const outcome = await outcomeOf();
    await other.close();

    expect([outcome, other.asked]).toEqual(['UNAVAILABLE', []]);
  });

  describe('are not taken from an answer', () => {
    it.each([301, 302, 303, 307, 308])('%i, which is not followed, even on the same host', async (status) => {
      issuer.give('/moved', { keys: [KEY.publicJwk] });
      issuer.answers.set(
        '/jwks',
        (_, response) => void response.writeHead(status, { Location: '/moved' }).end(),
      );
      await start();

      expect(await outcomeOf()).toBe('UNAVAILABLE');
      expect(issuer.countOf('/moved')).toBe(0);
    });

    it('that leads to another host, of the metadata', async () => {
      const other = await ScriptedIssuer.start();
      other.publish([KEY.publicJwk], { issuer: issuer.url });
      issuer.answers.set(METADATA, (_, response) => {
        response.writeHead(302, { Location: `${other.url}${METADATA}` }).end();
      });
      await start();

      expect(await outcomeOf()).toBe('UNAVAILABLE');
      expect(other.asked).toEqual([]);
      await other.close();
    });

    it.each<[string, string]>([
      ['that is no JSON', '<html>'],
      ['that is a list', '[]'],
      ['that has no keys', '{}'],
      ['with no key at all', '{"keys":[]}'],
      ['of more than 256 KiB', JSON.stringify({ keys: [KEY.publicJwk], padding: 'x'.repeat(262_144) })],
    ])('%s', async (_, body) => {
      issuer.answers.set('/jwks', (_request, response) => void response.end(body));
      await start();

      expect(await outcomeOf()).toBe('UNAVAILABLE');
    });

    it('that has no end: its connection is closed', async () => {
      let closed: Promise<unknown> = Promise.resolve();
      issuer.answers.set('/jwks', (_, response) => {
        closed = once(response, 'close');
        const more = () => {
          while (!response.destroyed && response.write('x'.repeat(65_536)));
        };
        response.on('drain', more);
        more();
      });
      await start();
      await closed;

      expect(await outcomeOf()).toBe('UNAVAILABLE');
    });

    it('that comes too slowly: a question ends after its time, whatever trickles in', async () => {
      issuer.answers.set('/jwks', (_, response) => {
        const timer = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(timer));
      });
      hold();

      await expect(askIssuer(`${issuer.url}/jwks`, new AbortController().signal, 200)).rejects.toThrow(
        /does not answer/,
      );
    });
  });

  describe('that are not known yet', () => {
    it('are asked for once, however many tokens name however many', async () => {
      await start();
      clock.advance(COOLDOWN);
      const outcomes = await Promise.all(Array.from({ length: 200 }, (_, n) => outcomeOf(`kid-${n}`)));

      expect(new Set(outcomes)).toEqual(new Set(['unknown']));
      expect(await outcomeOf('one-more')).toBe('unknown');
      expect(issuer.countOf('/jwks')).toBe(2);
    });

    it('are asked for again after ten seconds, and not sooner', async () => {
      await start();
      issuer.publish([KEY.publicJwk, OTHER.publicJwk]);
      clock.advance(COOLDOWN - 1);
      expect(await outcomeOf(OTHER.kid)).toBe('unknown');
      clock.advance(1);

      expect(await outcomeOf(OTHER.kid)).toBe('known');
    });

    it('that the issuer no longer publishes are no longer good', async () => {
      await start();
      issuer.publish([OTHER.publicJwk]);
      clock.advance(COOLDOWN);
      await outcomeOf(OTHER.kid);

      expect(await outcomeOf()).toBe('unknown');
    });
  });

  describe('while the issuer does not answer', () => {
    it('stay in use, up to keysMaxStaleness', async () => {
      await start({ keysMaxStaleness: '2h' });
      await issuer.close();
      clock.advance('2h');
      expect(await outcomeOf()).toBe('known');
      clock.advance(COOLDOWN);

      expect(await outcomeOf()).toBe('UNAVAILABLE');
    });

    it('cannot be known where they are unknown: 503, and no flood of questions', async () => {
      await start();
      issuer.answers.set('/jwks', (_, response) => void response.writeHead(500).end());
      clock.advance(COOLDOWN);
      await Promise.all(Array.from({ length: 50 }, (_, n) => outcomeOf(`kid-${n}`)));

      expect(await outcomeOf('other')).toBe('UNAVAILABLE');
      expect(await outcomeOf()).toBe('known');
      // And perhaps once more by itself.
      expect(issuer.countOf('/jwks')).toBeLessThan(5);
    });

    it('are waited for by a service that started before it, without a request', async () => {
      issuer.answers.clear();
      await start();
      expect(await outcomeOf()).toBe('UNAVAILABLE');
      issuer.publish([KEY.publicJwk]);
      const read = new Promise<void>((resolve) => {
        const { answers } = issuer;
        const give = answers.get('/jwks');
        answers.set('/jwks', (request, response) => {
          response.on('close', () => setImmediate(resolve));
          give?.(request, response);
        });
      });
      await read;
      await keys.catchUp();

      expect(await outcomeOf()).toBe('known');
    });
  });
});
