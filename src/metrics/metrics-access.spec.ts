import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { HttpRequest } from '../common/client-info.js';
import { MetricsAccess } from './metrics-access.js';

const TOKEN = 'Zk3v9QpX7mT1bR5wY8nL2cF6hJ4dG0sA';

function outcome(
  token: string | undefined,
  remoteAddress: string | undefined,
  headers: HttpRequest['headers'] = {},
): string {
  const access = new MetricsAccess({
    token: token === undefined ? undefined : createSecretKey(Buffer.from(token)),
  });
  try {
    access.check({ method: 'GET', url: '/metrics', ip: '127.0.0.1', socket: { remoteAddress }, headers });
    return 'let in';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('MetricsAccess', () => {
  it.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])(
    'lets in, without a token, %s',
    (address) => {
      expect(outcome(undefined, address)).toBe('let in');
    },
  );

  it.each(['10.0.0.1', '203.0.113.7', '::ffff:10.0.0.1', 'fe80::1', undefined])(
    'tells %s that there is nothing, whatever the address of the client is taken for',
    (address) => {
      expect(outcome(undefined, address)).toBe('NOT_FOUND');
    },
  );

  it.each(['x-forwarded-for', 'forwarded', 'via', 'x-real-ip', 'x-forwarded-proto', 'x-forwarded-host'])(
    'takes nothing that has come through a proxy on this machine for it (%s)',
    (header) => {
      expect(outcome(undefined, '127.0.0.1', { [header]: '127.0.0.1' })).toBe('NOT_FOUND');
      expect(outcome(undefined, '127.0.0.1', { [header]: '' })).toBe('NOT_FOUND');
    },
  );

  it('with a token lets in who sends it, from anywhere, and no one else, on this machine either', () => {
    const bearer = { authorization: `Bearer ${TOKEN}`, 'x-forwarded-for': '203.0.113.7' };
    expect(outcome(TOKEN, '10.0.0.1', bearer)).toBe('let in');
    for (const authorization of [
      undefined,
      `Bearer ${TOKEN}a`,
      `Bearer ${TOKEN.slice(1)}`,
      `Basic ${TOKEN}`,
      TOKEN,
    ])
      expect(outcome(TOKEN, '127.0.0.1', { authorization })).toBe('CREDENTIAL_INVALID');
  });
});
