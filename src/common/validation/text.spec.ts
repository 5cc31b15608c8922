import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';
import { comparableEmail } from './comparable-email.js';
import { EMAIL_MAX_LENGTH } from './email-address.js';
import { isPlainText, isWellFormed } from './plain-text.js';
import { IsEmailAddress, IsPersonName, IsSecretText, NAME_MAX_LENGTH } from './text.js';

const LONE_SURROGATES = ['\ud800', '\udc00', 'a\ud83d', '\ude00a', '\ude00\ud83d', 'a\udfff\ud800b'];
const NOT_TEXT = [undefined, null, 1, true, [], ['text'], {}, { length: 3 }, Object('text')];

class Form {
  @IsPersonName()
  name: unknown = 'Ada';

  @IsEmailAddress()
  email: unknown = 'ada@example.com';

  @IsSecretText(8)
  secret: unknown = 'secret';
}

/** What the rules say of a form that is right but for this. */
function problemsOf(fields: Partial<Form>): string[] {
  const errors = validateSync(Object.assign(new Form(), fields));
  return errors.flatMap((error) => Object.values(error.constraints ?? {}));
}

describe('isWellFormed', () => {
  it.each(['', 'text', '😀', '\0', 'e\u0301', '\uffff', '👩‍👩‍👧‍👦'])('accepts %j', (text) => {
    expect(isWellFormed(text)).toBe(true);
  });

  it.each(LONE_SURROGATES)('refuses the lone surrogate in %j, which UTF-8 cannot hold', (text) => {
    expect(isWellFormed(text)).toBe(false);
  });
});

describe('isPlainText', () => {
  it.each(['\0', 'a\nb', 'a\tb', '\u007f', '\u0085', '\u001b[31m'])(
    'refuses the control character in %j',
    (text) => {
      expect(isPlainText(text)).toBe(false);
    },
  );

  it.each(LONE_SURROGATES)('refuses the lone surrogate in %j', (text) => {
    expect(isPlainText(text)).toBe(false);
  });
});

describe('IsPersonName', () => {
  it.each(['A', 'Ada Lovelace', "Séan O'Neill", '李小龍', 'محمد', '😀', 'x'.repeat(NAME_MAX_LENGTH)])(
    'accepts %j',
    (name) => {
      expect(problemsOf({ name })).toEqual([]);
    },
  );

  it.each([
    '👩‍👩‍👧‍👦',
    '🏴󠁧󠁢󠁳󠁣󠁴󠁿 Ada',
    '❤️',
    '1️⃣',
    'عليرضا نمی‌دانم',
    'שרה \u200fב׳',
    'क्‍ष श्री',
    'नेपाली ज्‌ञ',
    'José Æther',
    'Nguyễn Thị Phượng'.normalize('NFD'),
    'ကျွှုံ့',
    'שָּׁ֑לוֹם',
    'مُحَمَّدٌ',
    'ที่นี่ กำธร',
    'ཧྐྵྨླྺྼྻྂ'.normalize('NFC'),
    `e\u0302\u0301${'\u0315'.repeat(7)}`,
  ])('keeps %j whole', (name) => {
    expect(problemsOf({ name })).toEqual([]);
  });

  it.each([
    'ada\u202egpj.exe',
    '\u202aAda',
    'Ada\u2066x\u2069',
    'Ad\u200ba',
    'Ada\u2060',
    '\ufeffAda',
    'Ad\u00ada',
    '\u200d',
    'Ada\u200d',
    'Ada \u200d Lovelace',
    '\u3164',
    '\u2800',
    'A\u{e0041}da',
    'a\u2028b',
    '\u200f',
    ' \u200e\u061c',
    'A\ufff9da\ufffb',
  ])('refuses %j, which shows something else than it is, and says so', (name) => {
    expect(problemsOf({ name })).toEqual([
      'name must hold no characters that cannot be seen or that turn the direction of text',
    ]);
  });

  it.each([
    `a${'\u0301'.repeat(50)}`,
    `Z${'\u0335\u0353\u030d'.repeat(3)}algo`,
    `a${'\u0301\u200d'.repeat(10)}b`,
  ])('refuses marks that are piled up on a character: %j', (name) => {
    expect(problemsOf({ name })).toEqual(['name must hold no more than 8 marks on one character']);
  });

  it('counts characters, as the OpenAPI document does, and not UTF-16 units', () => {
    expect(problemsOf({ name: '😀'.repeat(NAME_MAX_LENGTH) })).toEqual([]);
    expect(problemsOf({ name: '😀'.repeat(NAME_MAX_LENGTH + 1) })).toHaveLength(1);
  });

  it.each([...NOT_TEXT, '', ' ', '\u00a0\u3000', 'a\0b', 'a\nb', 'x'.repeat(NAME_MAX_LENGTH + 1)])(
    'refuses %j in one sentence',
    (name) => {
      expect(problemsOf({ name })).toEqual(['name must be a text of 1 to 100 characters']);
    },
  );

  it.each(LONE_SURROGATES)('refuses %j', (name) => {
    expect(problemsOf({ name })).toHaveLength(1);
  });
});

describe('IsEmailAddress', () => {
  const domain = `${'d'.repeat(60)}.${'d'.repeat(60)}.${'d'.repeat(60)}.example`;

  it.each([
    'a@example.com',
    'Ada.Lovelace+tag@Example.COM',
    'a@xn--bcher-kva.example',
    'ada@bücher.example',
    'jörg@example.com',
    '用户@例子.example',
  ])('accepts %j', (email) => {
    expect(problemsOf({ email })).toEqual([]);
  });

  it.each([
    ...NOT_TEXT,
    '',
    'ada',
    '@example.com',
    'ada@',
    'ada@example',
    'ada@@example.com',
    ' ada@example.com',
    'ada@example.com ',
    'Ada <ada@example.com>',
    'ada@example.com\0',
    'ada@example.com\n',
    'ada@example.com\r\nBcc: all@example.com',
    `${'a'.repeat(EMAIL_MAX_LENGTH)}@example.com`,
    `${'a'.repeat(64)}@${domain}`,
  ])('refuses %j in one sentence', (email) => {
    expect(problemsOf({ email })).toEqual(['email must be an e-mail address']);
  });

  it.each([
    'a\u200bda@example.com',
    'ada@exam\u200bple.com',
    'ada\u202e@example.com',
    '\u200fada@example.com',
  ])('refuses %j, and says why', (email) => {
    expect(problemsOf({ email })).toEqual([
      'email must hold no characters that cannot be seen or that turn the direction of text',
    ]);
  });

  it('compares addresses by what mail servers and DNS take them for', () => {
    expect(comparableEmail('Ada@BÜCHER.example')).toBe(comparableEmail('ada@xn--bcher-kva.example'));
    expect(comparableEmail('JO\u0308RG@example.com')).toBe(comparableEmail('j\u00f6rg@example.com'));
  });

  it.each(LONE_SURROGATES)('refuses %j without breaking', (text) => {
    expect(problemsOf({ email: `${text}@example.com` })).toHaveLength(1);
    expect(problemsOf({ email: `ada@${text}.com` })).toHaveLength(1);
  });
});

describe('IsSecretText', () => {
  it.each(['x', ' ', '\0', '\n', 'pass\0wd', '😀', 'x'.repeat(8)])('accepts %j as it is', (secret) => {
    expect(problemsOf({ secret })).toEqual([]);
  });

  it('counts characters, as the OpenAPI document does, and not UTF-16 units', () => {
    expect(problemsOf({ secret: '😀'.repeat(8) })).toEqual([]);
    expect(problemsOf({ secret: '😀'.repeat(9) })).toHaveLength(1);
  });

  it.each([...NOT_TEXT, '', 'x'.repeat(9)])('refuses %j in one sentence', (secret) => {
    expect(problemsOf({ secret })).toEqual(['secret must be a text of 1 to 8 characters']);
  });

  it.each(LONE_SURROGATES)('refuses %j, of which two would hash to the same', (secret) => {
    expect(problemsOf({ secret })).toHaveLength(1);
  });
});
