import { describe, expect, it } from '@jest/globals';
import { parseMailSender, parseMailUrl } from './mail-url.js';

const NO_CREDENTIALS = { user: undefined, password: undefined };

describe('parseMailUrl', () => {
  it.each([
    [
      'smtp://mail.internal',
      { host: 'mail.internal', port: 587, secure: false, requireTls: true, ...NO_CREDENTIALS },
    ],
    [
      'smtps://mail.internal/',
      { host: 'mail.internal', port: 465, secure: true, requireTls: false, ...NO_CREDENTIALS },
    ],
    ['smtp://[::1]:25', { host: '::1', port: 25, secure: false, requireTls: false, ...NO_CREDENTIALS }],
    [
      'smtp://127.0.0.1',
      { host: '127.0.0.1', port: 587, secure: false, requireTls: false, ...NO_CREDENTIALS },
    ],
    [
      'smtp://localhost',
      { host: 'localhost', port: 587, secure: false, requireTls: false, ...NO_CREDENTIALS },
    ],
    [
      'smtp://localhost.acme.example',
      { host: 'localhost.acme.example', port: 587, secure: false, requireTls: true, ...NO_CREDENTIALS },
    ],
    [
      'smtp://mailpit:1025?tls=opportunistic',
      { host: 'mailpit', port: 1025, secure: false, requireTls: false, ...NO_CREDENTIALS },
    ],
    [
      'smtps://ada%40acme.example:p%40ss%2Fw%3Ard@mail.internal:2465',
      {
        host: 'mail.internal',
        port: 2465,
        secure: true,
        requireTls: false,
        user: 'ada@acme.example',
        password: 'p@ss/w:rd',
      },
    ],
    [
      'smtp://u:100%@mail',
      { host: 'mail', port: 587, secure: false, requireTls: true, user: 'u', password: '100%' },
    ],
  ])('reads %s', (url, server) => {
    expect(parseMailUrl(url)).toEqual(server);
  });

  it.each([
    '',
    'smtp://',
    'smtp:mail',
    'http://mail',
    'smtp://mail/x',
    'smtp://mail?a=1',
    'smtp://mail#a',
    // A password never goes in the clear; and the others would not mean what they say.
    'smtp://u:p@mail?tls=opportunistic',
    'smtps://mail?tls=opportunistic',
    'smtp://mail?tls=required',
  ])('refuses %s', (url) => {
    expect(parseMailUrl(url)).toBeUndefined();
  });
});

describe('parseMailSender', () => {
  it.each([
    ['no-reply@acme.example', '', 'no-reply@acme.example'],
    ['<no-reply@acme.example>', '', 'no-reply@acme.example'],
    ['Acme <no-reply@acme.example>', 'Acme', 'no-reply@acme.example'],
    ['"Acme, Inc." <no-reply@acme.example>', 'Acme, Inc.', 'no-reply@acme.example'],
    ['Bücher Müller <no-reply@acme.example>', 'Bücher Müller', 'no-reply@acme.example'],
  ])('reads %s', (text, name, address) => {
    expect(parseMailSender(text)).toEqual({ name, address });
  });

  it.each(['', 'Acme', 'a@b, c@d', '<a@b> <c@d>', 'Acme <a@b', 'Acme\r\nBcc: c@d <a@b>', 'Acme <a@b\n>'])(
    'refuses %j',
    (text) => {
      expect(parseMailSender(text)).toBeUndefined();
    },
  );
});
