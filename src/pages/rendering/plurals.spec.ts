import { describe, expect, it } from '@jest/globals';
import { textFor, wordsOver } from './plurals.js';

const ENGLISH = { wait: 'Wait {n} seconds.', 'wait.one': 'Wait {n} second.' };

describe('textFor', () => {
  it.each([
    [0, 'Wait {n} seconds.'],
    [1, 'Wait {n} second.'],
    [2, 'Wait {n} seconds.'],
  ])('takes the text of the number: %i', (n, text) => {
    expect(textFor({ language: 'en', words: ENGLISH }, 'wait', { n })).toBe(text);
  });

  it('knows the plurals of other languages', () => {
    const words = { wait: 'Poczekaj {n} sekund.', 'wait.few': 'Poczekaj {n} sekundy.' };
    const says = (n: number) => textFor({ language: 'pl', words }, 'wait', { n });
    expect([says(3), says(5)]).toEqual(['Poczekaj {n} sekundy.', 'Poczekaj {n} sekund.']);
  });
});

describe('wordsOver', () => {
  it('takes no plural of one language for a text of another', () => {
    const words = wordsOver(ENGLISH, { wait: 'Attendez.' });
    expect(textFor({ language: 'fr', words }, 'wait', { n: 1 })).toBe('Attendez.');
  });
});
