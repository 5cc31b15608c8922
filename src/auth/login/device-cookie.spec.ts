import { describe, expect, it } from '@jest/globals';
import type { AccountThrottlingConfig, HttpConfig } from '../../config/slices.js';
import type { KnownDevices } from '../../throttling/account/known-devices.js';
import { DeviceCookie } from './device-cookie.js';

/** Issues tokens that name their account, and takes any of them. */
const devices = {
  issue: (account: string, id = 'new') => `${id}.${account}`,
  recognise: (token: string, account: string) =>
    token.endsWith(`.${account}`) ? token.split('.')[0] : undefined,
} as KnownDevices;

const cookieAt = (publicUrl: string) =>
  new DeviceCookie(
    devices,
    { publicUrl } as HttpConfig,
    { knownDeviceTtl: 90_000 } as AccountThrottlingConfig,
  );

describe('DeviceCookie', () => {
  const cookie = cookieAt('http://localhost:3000');
  const read = (header: string | undefined) =>
    cookie.read({ method: 'POST', url: '/', headers: { cookie: header } }, 'Ada@Example');

  it.each([
    ['lk_device=a.ada@example', 'a'],
    ['theme=dark;lk_device=a.ada@example ;  other=1', 'a'],
    ['lk_device=b.bob@example; lk_device=a.ada@example', 'a'],
    ['lk_device=b.bob@example', undefined],
    ['xlk_device=a.ada@example', undefined],
    ['LK_DEVICE=a.ada@example', undefined],
    ['lk_device', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('reads %j', (header, id) => {
    expect(read(header)).toBe(id);
  });

  it('looks at few of the same name', () => {
    expect(read(`${'lk_device=x; '.repeat(1000)}lk_device=a.ada@example`)).toBeUndefined();
  });

  it('is put beside the cookies that are there: Express would replace them', () => {
    const appended: string[][] = [];
    const express = {
      header: () => {
        throw new Error('replaces');
      },
      status: () => undefined,
      append: (name: string, value: string) => appended.push([name, value]),
    };
    cookieAt('https://id.example').write(express, 'Ada@Example', 'a');
    expect(appended).toEqual([
      [
        'Set-Cookie',
        '__Secure-lk_device=a.ada@example; Max-Age=90; Path=/api/auth/login; HttpOnly; SameSite=Strict; Secure',
      ],
    ]);
  });
});
