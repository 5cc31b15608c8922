import { describe, expect, it } from '@jest/globals';
import { deviceOf } from './device.js';

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';

describe('deviceOf', () => {
  it.each([
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
      'Firefox on Windows',
    ],
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/126.0.0.0 Safari/537.36`,
      'Chrome on Windows',
    ],
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0`,
      'Microsoft Edge on Windows',
    ],
    [
      `Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} Chrome/126.0.0.0 Mobile Safari/537.36`,
      'Chrome on Android',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
      'Safari on iOS',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
      'Safari on macOS',
    ],
    [
      `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${WEBKIT} Chrome/126.0.0.0 Safari/537.36`,
      'Chrome on Chrome OS',
    ],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
    ['curl/8.5.0', 'curl'],
    ['python-requests/2.31', 'python-requests'],
    ['okhttp/4.12.0', 'okhttp'],
    ['PostmanRuntime/7.39.0', 'PostmanRuntime'],
    ['node', 'node'],
    ['AcmeShop/1.2 (iPhone; iOS 17.5)', 'AcmeShop on iOS'],
    ['Mozilla/5.0 (Windows NT 10.0) of nobody', 'Windows'],
  ])('%s is %s', (userAgent, device) => {
    expect(deviceOf(userAgent)).toBe(device);
  });

  it.each([
    [null],
    [''],
    ['   '],
    ['Mozilla/5.0'],
    ["'; drop table sessions; --"],
    ['evil.example/1.0'],
    ['<b>bold</b>'],
    ['\u0000\u0007\r\n'],
    ['Ünïcödé/1.0'],
    ['x'.repeat(100_000)],
    ['Mozilla/5.0 call-us at evil.example to be safe/1.0 now'],
  ])('of %j it cannot be told', (userAgent) => {
    expect(deviceOf(userAgent)).toBeNull();
  });

  it('repeats one plain word of what a client wrote, and no more', () => {
    expect(deviceOf('Hello, your account/1.0 is locked')).toBeNull();
    expect(deviceOf('Hello your account/1.0 is locked')).toBe('Hello');
    expect(deviceOf('curl/8.5.0\r\nBcc: everybody@example.com')).toBe('curl');
  });

  it('reads no further than the 256 characters that are stored', () => {
    expect(deviceOf(`curl/8.5.0 ${' '.repeat(245)}(Windows NT 10.0)`)).toBe('curl');
    const nasty = [`Mozilla/5.0 (${'('.repeat(1e6)}`, 'Mozilla/5.0 '.repeat(1e5), `a/${' '.repeat(1e6)}`];
    for (const text of nasty) expect(deviceOf(text)?.length ?? 0).toBeLessThan(100);
  });
});
