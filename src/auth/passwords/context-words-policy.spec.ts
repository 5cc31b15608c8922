import { describe, expect, it } from '@jest/globals';
import { ContextWordsPolicy } from './context-words-policy.js';

const ADA = { name: 'Ada Lovelace', email: 'countess.byron@analytical-engines.example.org' };

describe('ContextWordsPolicy', () => {
  const policy = new ContextWordsPolicy(['Acme Latchkey', 'id.example.com']);

  it.each([
    ['the name', 'Ada Lovelace'],
    ['the name without its blank', 'adalovelace'],
    ['a part of it', 'Lovelace'],
    ['its parts in another order', 'lovelace-ada'],
    ['a part of it with digits behind', 'lovelace1815'],
    ['a part of it with a date behind', 'lovelace10121815'],
    ['a part of it with digits and punctuation around', '!!17_Lovelace_17!!'],
    ['a part of it over and over', 'adaadaada'],
    ['a part of it and the same character over and over', 'ada!!!!!!!!!!!!!!!!!!'],
    ['letters spaced', 'l o v e l a c e'],
    ['letters dotted', 'a.d.a.l.o.v.e.l.a.c.e'],
    ['digits for letters', 'L0v3l4c3'],
    ['signs for letters', '@d@!over|ace'.replace('!over|ace', 'L0ve|@ce')],
    ['upper case', 'LOVELACE'],
    ['full width', 'Ｌｏｖｅｌａｃｅ'],
    ['accents', 'Lòvèlàcé'],
    ['the e-mail address', 'countess.byron@analytical-engines.example.org'],
    ['its local part', 'countess.byron'],
    ['a part of its local part', 'countess1'],
    ['its domain', 'analytical-engines.example.org'],
    ['the name of its domain', 'analyticalengines'],
    ['a part of its domain, and of the name', 'Ada@Analytical'],
    ['the name of the service', 'Acme Latchkey'],
    ['a part of it, and a year', 'Latchkey2026!'],
    ['the name of its host', 'example-2026'],
    ['words of the service and of the user', 'ada@acme-latchkey'],
  ])('refuses %s: %j', async (_, password) => {
    expect(await policy.reject(password, ADA)).toBe(
      'is too close to your name, your e-mail address or this service',
    );
  });

  it.each([
    'ada likes 17 purple bicycles',
    'my latchkey',
    'adamantine',
    'love and lace',
    'Lovelacex',
    'ada 8291 4829 1938',
    'lovelace123456789',
    'correct horse battery staple',
    '10121815',
    '!!!!!!!!',
    '        ',
    '🦊🐙🦉🐝🦄🐢🦀🐳',
    'org org org',
  ])('takes %j, which says more than that, or nothing of it', async (password) => {
    expect(await policy.reject(password, ADA)).toBeUndefined();
  });

  it('knows the names of the service where it knows of no user', async () => {
    expect(await policy.reject('latchkey')).toEqual(expect.any(String));
    expect(await policy.reject('lovelace')).toBeUndefined();
    expect(await policy.reject('lovelace', { name: null })).toBeUndefined();
  });

  it.each([
    ['Ярослав Мудрый', 'ярослав-2026'],
    ['Ярослав Мудрый', 'МУДРЫЙ!!!'],
    ['山田太郎', '山田太郎2026'],
    ['Øyvind Åsgård', 'asgard1234'],
    ['𝒜𝒹𝒶', 'ada12345'],
    ['neo42 smith', 'NEO42-2026'],
  ])('knows %j in %j', async (name, password) => {
    expect(await policy.reject(password, { name })).toEqual(expect.any(String));
  });

  it('ignores names that are too short to be recognised in a password', async () => {
    expect(await policy.reject('12345a12', { name: 'A' })).toBeUndefined();
    expect(await policy.reject('xq-19-xq', { name: 'X Q' })).toBeUndefined();
  });

  it('answers at once for the longest password and names', async () => {
    const name = Array.from({ length: 13 }, (_, length) => 'x'.repeat(length + 1)).join(' ');
    const context = { name, email: `${'x'.repeat(64)}@${'x'.repeat(63)}.${'x'.repeat(63)}.example` };
    expect(await policy.reject('x'.repeat(1024), context)).toEqual(expect.any(String));
    expect(await policy.reject(`${'x'.repeat(1023)}y`, context)).toBeUndefined();
  });
});
