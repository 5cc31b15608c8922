/** What people write for a letter, and letters taken for one another: one letter for each class. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  l: 'i',
  '!': 'i',
  '|': 'i',
  '3': 'e',
  '4': 'a',
  '@': 'a',
  '5': 's',
  $: 's',
  '7': 't',
  '+': 't',
  '8': 'b',
};

const MARK = /\p{M}/gu;
const LETTER = /\p{L}/u;
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

/** A text without case, width, accents and the like (NFKD), a character an element. */
export function folded(text: string): string[] {
  // Lower case first and last: each of the two steps can bring forth what the other one folds.
  return Array.from(text.toLowerCase().normalize('NFKD').replaceAll(MARK, '').toLowerCase());
}

/** The letter that a folded character stands for; undefined if it is punctuation. */
export function letterOf(character: string): string | undefined {
  return LOOKALIKES[character] ?? (LETTER_OR_DIGIT.test(character) ? character : undefined);
}

export function isLetter(character: string): boolean {
  return LETTER.test(character);
}

/** The letters of a text, to be looked for in those of another. */
export function lettersOf(text: string): string {
  return folded(text)
    .map((character) => letterOf(character) ?? '')
    .join('');
}

/** Its parts between blanks, punctuation and the like. */
export function wordsOf(text: string): string[] {
  return text.normalize('NFKC').split(/[^\p{L}\p{M}\p{N}]+/u);
}
