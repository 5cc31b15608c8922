import { describe, expect, it } from '@jest/globals';
import { clientAddressOf } from './client-address.js';

describe('clientAddressOf', () => {
  const socket = { remoteAddress: '10.0.0.1' };

  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7:5555', '203.0.113.7'],
    ['2001:db8::7', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['[2001:db8::7]:443', '2001:db8::7'],
    ['::ffff:203.0.113.7', '::ffff:203.0.113.7'],
  ])('reads %s as %s', (ip, address) => {
    expect(clientAddressOf({ ip, socket })).toBe(address);
  });

  it.each([
    'junk',
    'junk<script>',
    '01.02.03.04',
    '1.2.3.4:port',
    '1.2.3.4:',
    '[1.2.3.4',
    '',
    '_hidden',
    undefined,
  ])('takes the address of who passed it on for %j', (ip) => {
    expect(clientAddressOf({ ip, socket })).toBe('10.0.0.1');
  });

  it('knows none where there is no connection', () => {
    expect(clientAddressOf({ ip: 'junk' })).toBeNull();
    expect(clientAddressOf({ socket: {} })).toBeNull();
  });
});
