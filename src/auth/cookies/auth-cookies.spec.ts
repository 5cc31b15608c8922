import { describe, expect, it } from '@jest/globals';
import { ApplicationConfig } from '@nestjs/core';
import type { AppConfig, HttpConfig } from '../../config/config.js';
import { ApiPaths } from './api-paths.js';
import { AuthCookies } from './auth-cookies.js';
import { cookieSecurityOf } from './cookie-security.js';

const app = (production = false) => ({ production }) as AppConfig;
const http = (publicUrl: string) => ({ publicUrl }) as HttpConfig;
const paths = (publicUrl: string) => new ApiPaths(http(publicUrl), new ApplicationConfig(), 'api');
const NAME = '__Host-latchkey_access';

describe('AuthCookies', () => {
  const cookies = new AuthCookies(app(), http('https://auth.example.com'), paths('https://auth.example.com'));
  const read = (cookie: string | undefined) =>
    cookies.read({ method: 'GET', url: '/', headers: { cookie } }, 'access');

  it.each([
    [`${NAME}=abc`, 'abc'],
    [`a=1; ${NAME}=abc; b=2`, 'abc'],
    [`a=1;${NAME}=abc`, 'abc'],
    [` ${NAME} = abc `, 'abc'],
    [`${NAME}=a%20b`, 'a%20b'],
    [`a="; ${NAME}=abc"`, 'abc"'],
  ])('finds in %j the value %j', (header, value) => {
    expect(read(header)).toBe(value);
  });

  it.each([undefined, '', ';', NAME, `x${NAME}=a`, `${NAME}x=a`, `${NAME.toLowerCase()}=a`, `a=${NAME}=b`])(
    'finds none in %j',
    (header) => {
      expect(read(header)).toBeUndefined();
    },
  );

  it.each([
    `${NAME}=a; ${NAME}=b`,
    `${NAME}=a;${NAME}=a`,
    `${NAME}=a; b=c; \t${NAME} =d`,
    `${NAME}=;${NAME}=a`,
  ])('takes none of several: %j', (header) => {
    expect(read(header)).toBe('');
  });

  it('reads a hostile header in time that grows with its length only', () => {
    for (const filler of [';', '; ', ' ', '=', `;${NAME} `, NAME]) {
      const header = `${NAME}=a;${filler.repeat(Math.floor(200_000 / filler.length))}`;
      expect(read(header)).toBe('a');
    }
  });

  it('sets each cookie in a header of its own, beside those that are there, on Fastify and Express', () => {
    const value = { value: 'v', maxAge: 60 };
    const sent: [string, string[]][] = [];
    const keep = (name: string, values: string[]) => sent.push([name, values]);
    cookies.write({ header: keep }, { access: value, refresh: value, csrf: value });
    const unused = () => expect('this').toBe('not called');
    cookies.write({ append: keep, header: unused }, { access: value, refresh: value, csrf: value });
    expect(sent[0]).toEqual([
      'Set-Cookie',
      [
        '__Host-latchkey_access=v; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Lax',
        '__Secure-latchkey_refresh=v; Max-Age=60; Path=/api/auth/refresh; HttpOnly; Secure; SameSite=Strict',
        '__Host-latchkey_csrf=v; Max-Age=60; Path=/; Secure; SameSite=Strict',
      ],
    ]);
    expect(sent[1]).toEqual(sent[0]);
  });
});

describe('cookieSecurityOf', () => {
  it.each([
    [true, 'https://auth.example.com', 'secure'],
    [false, 'https://localhost:3000', 'secure'],
    [false, 'http://localhost:3000', 'plain'],
    [false, 'http://auth.example.com', 'plain'],
    [true, 'http://localhost:3000', 'plain'],
    [true, 'http://app.localhost', 'plain'],
    [true, 'http://127.0.0.1:3000', 'plain'],
    [true, 'http://[::1]:3000', 'plain'],
    [true, 'http://auth.example.com', 'none'],
    [true, 'http://localhost.example.com', 'none'],
    [true, 'http://127.0.0.1.example.com', 'none'],
  ] as const)('in production: %s, at %s: %s', (production, url, expected) => {
    expect(cookieSecurityOf(app(production), http(url))).toBe(expected);
  });
});
