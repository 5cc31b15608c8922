/** What moves the cursor, breaks lines, or turns or hides what follows: names and devices are what strangers wrote. */
const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The text as a terminal can be given it. Lines stay. */
export function printable(text: string): string {
  return text.replaceAll(CONTROLS, (character) => (character === '\n' ? character : '\u{FFFD}'));
}

/** The same on one line. */
export function onOneLine(text: string): string {
  return printable(text.replaceAll(/\s*\n\s*/g, ' ').trim());
}

/** As JSON that a terminal can be given. @param indent spaces; 0 puts it on one line */
export function printableJson(value: unknown, indent = 2): string {
  const json = JSON.stringify(value, null, indent);
  // Within strings alone: elsewhere JSON has no such characters but for its line breaks.
  return json.replaceAll(CONTROLS, (character) => (character === '\n' ? character : escaped(character)));
}

/** In UTF-16 code units, as JSON wants it. */
function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, place) => character.charCodeAt(place))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');
}
