import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { requestIds } from './request-id.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function idOf(
  trustProxy: false | number | string,
  remoteAddress: string | undefined,
  given?: string,
): string {
  const headers = given === undefined ? {} : { 'x-request-id': given };
  return requestIds(trustProxy)({ headers, socket: { remoteAddress } } as IncomingMessage);
}

describe('requestIds', () => {
  it('names each request anew', () => {
    const ids = [idOf(false, '127.0.0.1'), idOf(1, '127.0.0.1')];
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(UUID);
  });

  it.each([
    [1, '203.0.113.7'],
    ['10.0.0.0/8,192.0.2.1', '10.1.2.3'],
    ['10.0.0.0/8,192.0.2.1', '192.0.2.1'],
    ['10.0.0.0/8', '::ffff:10.1.2.3'],
    ['2001:db8::/32', '2001:db8::7'],
  ])('takes over the name that a proxy of %j has given at %s', (trustProxy, address) => {
    expect(idOf(trustProxy, address, 'edge-42.a_b')).toBe('edge-42.a_b');
  });

  it.each([
    [false as const, '127.0.0.1'],
    [0, '127.0.0.1'],
    ['10.0.0.0/8', '11.1.2.3'],
    ['10.0.0.0/8', '2001:db8::7'],
    ['10.0.0.0/8', undefined],
  ])('believes no other peer (%j, %s)', (trustProxy, address) => {
    expect(idOf(trustProxy, address, 'edge-42')).toMatch(UUID);
  });

  it.each(['', 'a b', 'a\nb', 'x'.repeat(65), 'é', '"', '<script>', '{"a":1}', 'a/b'])(
    'does not take over %j',
    (given) => {
      expect(idOf(1, '127.0.0.1', given)).toMatch(UUID);
    },
  );
});
