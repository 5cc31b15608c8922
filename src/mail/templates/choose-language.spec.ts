import { describe, expect, it } from '@jest/globals';
import { chooseLanguage } from './choose-language.js';

const AVAILABLE = ['en', 'de', 'pt-BR', 'zh-Hant'];

describe('chooseLanguage', () => {
  it.each([
    [null, 'en'],
    ['', 'en'],
    ['de', 'de'],
    ['DE', 'de'],
    ['de-AT', 'de'],
    ['de-AT-1996, en;q=0.9', 'de'],
    ['fr, de;q=0.5, en;q=0.4', 'de'],
    ['en;q=0.4, de;q=0.5', 'de'],
    ['de , en', 'de'],
    ['pt-br', 'pt-BR'],
    ['pt', 'en'],
    ['zh-Hant-TW', 'zh-Hant'],
    ['de-x-private', 'de'],
    ['*', 'en'],
    ['fr, *;q=0.1', 'en'],
    ['*;q=0.9, de', 'de'],
    ['*, de;q=0.5', 'en'],
    ['de;q=0, *', 'en'],
    ['de;q=0', 'en'],
    ['de;q=2, en;q=0.1', 'en'],
    ['de;q=nonsense', 'en'],
    ['de;level=1;q=1', 'en'],
    ['../../etc/passwd', 'en'],
    ['de\r\nBcc: x', 'en'],
    ['__proto__, constructor', 'en'],
    [`${'xx,'.repeat(100)}de`, 'en'],
    ['x'.repeat(10_000), 'en'],
  ])('of %j chooses %s', (accepted, chosen) => {
    expect(chooseLanguage(accepted, AVAILABLE, 'en')).toBe(chosen);
  });

  it('falls back to the default of the setting', () => {
    expect(chooseLanguage('fr', AVAILABLE, 'de')).toBe('de');
    expect(chooseLanguage('*', AVAILABLE, 'de')).toBe('de');
  });
});
