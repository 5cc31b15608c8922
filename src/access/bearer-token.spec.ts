import { describe, expect, it } from '@jest/globals';
import { bearerTokenOf } from './bearer-token.js';

const requestWith = (authorization: string | string[] | undefined) => ({
  method: 'GET',
  url: '/?access_token=from-the-query',
  headers: { authorization, cookie: 'access_token=from-a-cookie' },
});

describe('bearerTokenOf', () => {
  it.each(['Bearer abc', 'bearer abc', 'BEARER abc', 'Bearer   abc', 'Bearer abc '])('reads %j', (header) => {
    expect(bearerTokenOf(requestWith(header))).toBe('abc');
  });

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Bearerabc',
    'Bearer a b',
    'Bearer\tabc',
    'Basic YTpi',
    'Token abc',
    'abc',
    'Basic YTpi, Bearer abc',
  ])('finds no token in %j, and looks nowhere else', (header) => {
    expect(bearerTokenOf(requestWith(header))).toBeUndefined();
  });

  it('takes no token where there are several headers, and says so', () => {
    const several = ['Host', 'x', 'authorization', 'Bearer a', 'Authorization', 'Basic b'];
    const named = [requestWith(['Bearer a', 'Bearer b'])];
    // As Express and Fastify tell of those that Node leaves out.
    named.push(Object.assign(requestWith('Bearer a'), { rawHeaders: several }));
    named.push(Object.assign(requestWith('Bearer a'), { raw: { rawHeaders: several } }));
    for (const request of named)
      expect(() => bearerTokenOf(request)).toThrow('Send one Authorization header');
  });

  it('takes it where another header has it as its value', () => {
    const rawHeaders = ['Authorization', 'Bearer a', 'Vary', 'authorization'];
    expect(bearerTokenOf(Object.assign(requestWith('Bearer a'), { rawHeaders }))).toBe('a');
  });

  it('reads a hostile header in time that grows with its length only', () => {
    expect(bearerTokenOf(requestWith(`Bearer ${' '.repeat(16_000)}a${' '.repeat(16_000)}b`))).toBeUndefined();
  });
});
