import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { PADDING, RangeServer, sha1 } from '../../../test/support/range-server.js';
import type { Clock } from '../../common/clock.js';
import { UnavailableError } from '../../common/errors/latchkey-error.js';
import type { PasswordsConfig } from '../../config/config.js';
import { BreachedPasswordsPolicy } from './breached-passwords-policy.js';

const BREACHED = 'a breached passphrase';
const REFUSED = 'is known from a data breach, so that attackers try it';

describe('BreachedPasswordsPolicy', () => {
  let server: RangeServer;
  let policies: BreachedPasswordsPolicy[];
  let now: number;
  const warn = jest.spyOn(Logger.prototype, 'warn');

  beforeEach(async () => {
    server = await RangeServer.start(BREACHED);
    policies = [];
    now = Date.now();
    warn.mockReset();
  });

  afterEach(async () => {
    for (const policy of policies) policy.onModuleDestroy();
    await server.close();
  });

  const policyWith = (settings: Partial<PasswordsConfig['breached']> = {}) => {
    const clock: Clock = { now: () => now, monotonic: () => now, wait: () => Promise.resolve() };
    const breached = { url: server.url, timeout: 10_000, onFailure: 'allow', ...settings } as const;
    const policy = new BreachedPasswordsPolicy({ breached } as unknown as PasswordsConfig, clock);
    policies.push(policy);
    return policy;
  };
  const warnings = () => warn.mock.calls.map(([message]) => String(message));

  it('refuses a password whose hash the server lists, and does not say how often it was found', async () => {
    expect(await policyWith().reject(BREACHED)).toBe(REFUSED);
  });

  it('accepts a password whose hash the server does not list', async () => {
    expect(await policyWith().reject('a passphrase that is in no list')).toBeUndefined();
    expect(warnings()).toEqual([]);
  });

  it('accepts a password that the server lists as padding only', async () => {
    server.answer = (_, response) => {
      response.end(`${PADDING}\r\n${sha1(BREACHED).slice(5)}:0\r\n`);
    };
    expect(await policyWith().reject(BREACHED)).toBeUndefined();
    expect(warnings()).toEqual([]);
  });

  it.each([
    ['lower case', (suffix: string) => `${suffix.toLowerCase()}:1`],
    ['line feeds alone', (suffix: string) => `${PADDING}\n${suffix}:1\n`],
  ])('reads an answer in %s', async (_, bodyOf) => {
    server.answer = (__, response) => {
      response.end(bodyOf(sha1(BREACHED).slice(5)));
    };
    expect(await policyWith().reject(BREACHED)).toBe(REFUSED);
  });

  it('lets five digits of the hash leave the process and nothing else of the password', async () => {
    await policyWith().reject(BREACHED);
    const hash = sha1(BREACHED);
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'GET', url: `/range/${hash.slice(0, 5)}` });
    expect(request?.headers).toEqual({
      host: expect.any(String),
      connection: 'keep-alive',
      'user-agent': 'latchkey',
      'add-padding': 'true',
      'accept-encoding': 'identity',
    });
    expect(server.received).toMatch(/^GET \/range\/[0-9A-F]{5} HTTP\/1\.1\r\n(?:[\w-]+: [^\r\n]+\r\n)+\r\n$/);
    expect(server.received.toUpperCase()).not.toContain(hash.slice(0, 6));
    expect(server.received.toUpperCase()).not.toContain(hash.slice(5, 11));
  });

  it('makes no request where there is no URL', async () => {
    expect(await policyWith({ url: undefined }).reject(BREACHED)).toBeUndefined();
    expect(server.requests).toEqual([]);
  });

  it('adds the slash that the URL lacks', async () => {
    expect(await policyWith({ url: server.url.slice(0, -1) }).reject(BREACHED)).toBe(REFUSED);
  });

  it('uses its connection again', async () => {
    const policy = policyWith();
    for (let count = 0; count < 5; count += 1) await policy.reject(`password number ${count}`);
    expect(server.requests).toHaveLength(5);
    expect(server.connections.size).toBe(1);
  });

  it('has a bounded number of questions on their way, and of those that wait', async () => {
    const held: (() => void)[] = [];
    server.answer = (_, response) => held.push(() => response.end(PADDING));
    const policy = policyWith();
    const asked = Array.from({ length: 100 }, (_, index) => policy.reject(`password number ${index}`));
    // Those beyond the bound are not waited for.
    await Promise.all(asked.slice(64));
    while (server.requests.length < 8) await new Promise(setImmediate);
    expect(server.connections.size).toBe(8);
    server.answer = (_, response) => response.end(PADDING);
    for (const answer of held) answer();
    await Promise.all(asked);
    expect(server.requests).toHaveLength(64);
    expect(server.connections.size).toBe(8);
    expect(warnings()).toEqual([expect.stringContaining('too many questions')]);
  });

  describe('without a proper answer', () => {
    const failures: [string, (server: RangeServer) => Partial<PasswordsConfig['breached']>, string][] = [
      ['none in time', (range) => never(range), 'no answer within 200 ms'],
      ['one that drips', (range) => dripping(range), 'no answer within 200 ms'],
      ['status 500', (range) => answering(range, 500, PADDING), 'the answer has the status 500'],
      ['status 404', (range) => answering(range, 404, ''), 'the answer has the status 404'],
      ['status 429', (range) => answering(range, 429, ''), 'the answer has the status 429'],
      ['a page', (range) => answering(range, 200, '<html>Log in</html>'), 'the answer is no list of hashes'],
      ['nothing', (range) => answering(range, 200, ''), 'the answer is no list of hashes'],
      ['a line too much', (range) => answering(range, 200, `${PADDING}\r\n\r\n`), 'the answer is no list'],
      ['a short hash', (range) => answering(range, 200, PADDING.slice(1)), 'the answer is no list'],
      ['a count below 0', (range) => answering(range, 200, `${'A'.repeat(35)}:-1`), 'the answer is no list'],
      [
        'a huge one',
        (range) => answering(range, 200, `${PADDING}\n`.repeat(60_000)),
        'the answer is too long',
      ],
      ['a redirect', (range) => redirecting(range), 'the answer has the status 302'],
      ['half of one', (range) => cutting(range), 'aborted'],
      ['a refused connection', () => ({ url: 'http://127.0.0.1:1/' }), 'ECONNREFUSED'],
    ];

    it.each(failures)('(%s) accepts the password and logs why', async (_, prepare, reason) => {
      expect(await policyWith(prepare(server)).reject(BREACHED)).toBeUndefined();
      expect(warnings()).toEqual([
        expect.stringMatching(
          /^Breached passwords could not be asked for: .*; 1 password allowed unchecked\.$/,
        ),
      ]);
      expect(warnings()[0]).toContain(reason);
      expect(server.requests.length).toBeLessThanOrEqual(1);
    });

    it.each(failures)(
      '(%s) refuses the password with BREACHED_PASSWORDS_ON_FAILURE=refuse',
      async (_, prepare, reason) => {
        const policy = policyWith({ ...prepare(server), onFailure: 'refuse' });
        await expect(policy.reject('any other passphrase')).rejects.toThrow(UnavailableError);
        expect(warnings()).toEqual([expect.stringContaining(reason)]);
      },
    );

    it('reads no more of a huge answer than a megabyte', async () => {
      let isClosed: Promise<unknown> | undefined;
      server.answer = (_, response) => {
        isClosed = once(response, 'close');
        const more = () => {
          while (!response.destroyed && response.write(`${PADDING}\n`.repeat(1000)));
        };
        response.on('drain', more);
        more();
      };
      expect(await policyWith().reject(BREACHED)).toBeUndefined();
      await isClosed;
      expect(warnings()).toEqual([expect.stringContaining('the answer is too long')]);
    });

    it('logs a line a minute, which counts', async () => {
      const policy = policyWith(answering(server, 500, ''));
      for (let count = 0; count < 3; count += 1) await policy.reject(BREACHED);
      expect(warnings()).toHaveLength(1);
      now += 60_000;
      await policy.reject(BREACHED);
      expect(warnings()).toEqual([
        expect.stringContaining('; 1 password allowed'),
        expect.stringContaining('; 3 passwords allowed'),
      ]);
    });

    it('logs nothing of the password or its hash', async () => {
      await policyWith(answering(server, 200, `${sha1(BREACHED).slice(5)}:many`)).reject(BREACHED);
      expect(warnings()).toHaveLength(1);
      expect(warnings()[0]).not.toContain(BREACHED);
      expect(warnings()[0]).not.toContain(sha1(BREACHED).slice(0, 5));
      expect(warnings()[0]).not.toContain(sha1(BREACHED).slice(5, 12));
    });
  });
});

function answering(server: RangeServer, status: number, body: string) {
  server.answer = (_, response) => {
    response.statusCode = status;
    response.end(body);
  };
  return {};
}

function never(server: RangeServer) {
  server.answer = () => undefined;
  return { timeout: 200 };
}

/** Never silent for long, and never done. */
function dripping(server: RangeServer) {
  server.answer = (_, response) => {
    const drip = setInterval(() => response.write(`${PADDING}\r\n`), 20);
    response.on('close', () => clearInterval(drip));
  };
  return { timeout: 200 };
}

function redirecting(server: RangeServer) {
  server.answer = (prefix, response) => {
    response.writeHead(302, { location: `${server.url}elsewhere/${prefix}` });
    response.end();
  };
  return {};
}

function cutting(server: RangeServer) {
  server.answer = (_, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write(PADDING, () => response.destroy());
  };
  return {};
}
