/** Embeddings, overrides and isolates: they show a text in another order than it has (UAX #9). */
const TURNS_DIRECTION = /[\u202a-\u202e\u2066-\u2069]/u;

/**
 * What is not shown (UTS #51 and the Unicode property), annotations included, less what writing systems and emoji need: see
 * below.
 */
const HIDDEN = /\p{Default_Ignorable_Code_Point}|[\u2028\u2029\u2800\ufff9-\ufffb]/u;

/** Marks of direction, which Arabic and Hebrew text may hold. */
const DIRECTION_MARKS = /[\u200e\u200f\u061c]/gu;
/** Joiners between what they join; variation selectors after what they vary. */
const JOINED =
  /(?<=[\p{L}\p{M}\p{N}\p{Emoji}\ufe0f])[\u200c\u200d](?=[\p{L}\p{M}\p{Extended_Pictographic}\u2640\u2642])/gu;
const VARIED =
  /(?<=[^\s\p{Default_Ignorable_Code_Point}])[\ufe00-\ufe0f\u180b-\u180d\u180f\u{e0100}-\u{e01ef}]/gu;
/** Flags of regions, e.g. Scotland's. */
const TAGGED = /\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{3,6}\u{e007f}/gu;

/** As many as the tallest stacks of Tibetan have, more than any other writing system puts on a letter. */
export const MARKS_MAX = 8;
/** Marks on one character, whatever that is not shown stands between them. */
const PILED_UP = new RegExp(`(?:\\p{M}[\\u200c-\\u200f\\u061c]*){${MARKS_MAX + 1},}`, 'u');

/** Whether marks are piled up so high that they cover other lines. */
export function pilesUpMarks(text: string): boolean {
  return PILED_UP.test(text.normalize('NFC'));
}

/** Whether a text holds what makes people read something else than it is. For addresses, where nothing hidden belongs. */
export function hidesOrTurnsText(text: string): boolean {
  return TURNS_DIRECTION.test(text) || HIDDEN.test(text);
}

/** The same for words of people, in any writing system, with emoji: that nothing is left of what is shown misleads as well. */
export function misleads(text: string): boolean {
  if (TURNS_DIRECTION.test(text)) return true;
  const shown = text.replace(TAGGED, '').replace(VARIED, '').replace(JOINED, '').replace(DIRECTION_MARKS, '');
  return HIDDEN.test(shown) || shown.trim() === '';
}
