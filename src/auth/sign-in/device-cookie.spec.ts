import { describe, expect, it } from '@jest/globals';
import { ApplicationConfig } from '@nestjs/core';
import type { AccountThrottlingConfig, AppConfig, HttpConfig } from '../../config/config.js';
import type { DeviceOwner, TrustedDeviceTokens } from '../../throttling/account/trusted-device-tokens.js';
import type { User } from '../../users/user.js';
import type { UsersRepository } from '../../users/users.repository.js';
import { ApiPaths } from '../cookies/api-paths.js';
import { DeviceCookie } from './device-cookie.js';

/** Issues tokens that name their account, and takes any of them. */
const devices = {
  issue: ({ account }: DeviceOwner, number = 9) => `${number}.${account}`,
  read: (token: string, account: string) =>
    token.endsWith(`.${account}`) ? { number: Number(token.split('.')[0]) } : undefined,
  fits: () => true,
} as unknown as TrustedDeviceTokens;
const users = { findByEmail: () => Promise.resolve(undefined) } as unknown as UsersRepository;

const cookieAt = (publicUrl: string) =>
  new DeviceCookie(
    devices,
    users,
    { production: false } as AppConfig,
    { publicUrl } as HttpConfig,
    { knownDeviceTtl: 90_000 } as AccountThrottlingConfig,
    new ApiPaths({ publicUrl } as HttpConfig, new ApplicationConfig(), 'api'),
  );

describe('DeviceCookie', () => {
  const cookie = cookieAt('http://localhost:3000');
  const read = async (header: string | undefined) =>
    (await cookie.read({ method: 'POST', url: '/', headers: { cookie: header } }, 'Ada@Example'))?.number;

  it.each([
    ['lk_device=1.ada@example', 1],
    ['theme=dark;lk_device=1.ada@example ;  other=1', 1],
    ['lk_device=2.bob@example; lk_device=1.ada@example', 1],
    ['lk_device=2.bob@example', undefined],
    ['xlk_device=1.ada@example', undefined],
    ['LK_DEVICE=1.ada@example', undefined],
    ['lk_device', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('reads %j', async (header, number) => {
    expect(await read(header)).toBe(number);
  });

  it('looks at few of the same name', async () => {
    expect(await read(`${'lk_device=x; '.repeat(1000)}lk_device=1.ada@example`)).toBeUndefined();
  });

  it('takes no other blank than a browser sends for one before the name', async () => {
    expect(await read('\u00a0lk_device=1.ada@example')).toBeUndefined();
  });

  it.each([
    ['https://id.example', '__Secure-lk_device', '/api/auth/login', '; Secure'],
    ['https://shop.example/auth/', '__Secure-lk_device', '/auth/api/auth/login', '; Secure'],
    ['http://localhost:3000', 'lk_device', '/api/auth/login', ''],
  ])('of %s is put beside the cookies that are there', (publicUrl, name, path, secure) => {
    const appended: [string, string[]][] = [];
    const express = {
      header: () => expect('this').toBe('not called'),
      append: (header: string, values: string[]) => appended.push([header, values]),
    };
    const device = { number: 3 } as Parameters<DeviceCookie['write']>[2];
    cookieAt(publicUrl).write(express, { email: 'Ada@Example' } as User, device);
    expect(appended).toEqual([
      [
        'Set-Cookie',
        [`${name}=3.ada%40example; Max-Age=90; Path=${path}; HttpOnly${secure}; SameSite=Strict`],
      ],
    ]);
  });
});
