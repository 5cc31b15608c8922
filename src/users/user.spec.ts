import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { emailKey } from './user.js';

describe('emailKey', () => {
  it.each([
    ['upper and lower case', 'Ada.Lovelace@EXAMPLE.com', 'ada.lovelace@example.com'],
    ['upper and lower case outside ASCII', 'ÅSE@EXAMPLE.COM', 'åse@example.com'],
    ['composed and decomposed letters', 'jose\u0301@example.com', 'jos\u00e9@example.com'],
    ['a sign and the letter it stands for', '\u212B@example.com', 'å@example.com'],
    ['capital and small letters with two marks', '\u03aa\u0301@example.com', '\u0390@example.com'],
    ['capital letters that do not compose', 'T\u0308@example.com', 't\u0308@example.com'],
    ['marks in another order', 'a\u0323\u0302@example.com', 'a\u0302\u0323@example.com'],
  ])('is the same for %s', (_, one, other) => {
    expect(emailKey(one)).toBe(emailKey(other));
  });

  it.each([
    ['compatibility forms', 'ａ@example.com', 'a@example.com'],
    ['ligatures', 'oﬃce@example.com', 'office@example.com'],
    ['dotless i', 'ı@example.com', 'i@example.com'],
    ['sharp s', 'straße@example.com', 'strasse@example.com'],
    ['Cyrillic letters that look Latin', 'а@example.com', 'a@example.com'],
    ['dots and tags', 'a.b+c@example.com', 'ab@example.com'],
    ['white space', 'a@example.com', ' a@example.com'],
  ])('differs for %s', (_, one, other) => {
    expect(emailKey(one)).not.toBe(emailKey(other));
  });

  it('of ASCII text does not depend on case', () => {
    const ascii = fc.string({ unit: 'binary-ascii' });

    fc.assert(
      fc.property(ascii, (email) => {
        expect(emailKey(email.toUpperCase())).toBe(emailKey(email.toLowerCase()));
      }),
    );
  });

  it('of itself is itself, so that a user may log in with it', () => {
    const letters = fc.constantFrom(
      'T',
      'ẗ',
      'Ϊ',
      'ΐ',
      'Å',
      'İ',
      'Σ',
      '\u0301',
      '\u0308',
      '\u0323',
      '\u0345',
    );
    const email = fc.oneof(fc.string({ unit: letters }), fc.string({ unit: 'binary' }));

    fc.assert(
      fc.property(email, (text) => {
        expect(emailKey(emailKey(text))).toBe(emailKey(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('does not depend on the normalisation form', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (email) => {
        expect(emailKey(email.normalize('NFD'))).toBe(emailKey(email.normalize('NFC')));
      }),
    );
  });
});
