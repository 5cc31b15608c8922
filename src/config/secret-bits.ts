const BITS_OF_A_WORD = 12.9;
/** A letter of a text of words without separators. */
const BITS_OF_A_LETTER = 2.2;
const LONGEST_WORD = 15;
/** Part of a row or column of the keyboard, or of the alphabet: its direction and how much of it. */
const BITS_OF_A_RUN = 9;
/** Any day of a century. */
const BITS_OF_A_DATE = 15.2;
/** Less than this share of a text may look chosen by chance. */
const CHANCE = 0.6;

const HEX = /^(?:[0-9a-f-]+|[0-9A-F-]+)$/;
const PIECES =
  /(?<date>(?:19|20)\d\d[-/.]?(?:0[1-9]|1[0-2])[-/.]?(?:0[1-9]|[12]\d|3[01]))|(?<word>[A-Z]?[a-z]{2,}|[A-Z]{3,}(?![a-z]))/g;
const ROWS = (
  'qwertyuiop asdfghjkl zxcvbnm 1234567890 0123456789 abcdefghijklmnopqrstuvwxyz ' +
  '1qaz 2wsx 3edc 4rfv 5tgb 6yhn 7ujm 8ik, 9ol.'
).split(' ');
const SHORTEST_RUN = 4;
/** The pairs of letters of which three quarters of English are made, and one seventh of random letters. */
const PAIRS = new Set(
  (
    'th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea ra ' +
    'ce li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut ss so rs un lo wa ge ie wh ee ' +
    'wi em ad ol rt po we na ul ni ts mo ow pa im mi ai sh ir su id'
  ).split(' '),
);

/** Part of a text that looks chosen: from, to (exclusive), and the bits it is worth. */
interface Piece {
  from: number;
  to: number;
  bits: number;
}

/** How random a text is at most, in bits, and what share of its characters are words, rows of a keyboard and dates. */
export function secretBits(text: string): { bits: number; chosen: number } {
  const each = Math.log2(alphabetOf(text));
  const pieces = piecesOf(text);
  const covered = pieces.reduce((sum, { from, to }) => sum + to - from, 0);
  const chosen = covered / text.length;
  if (chosen < CHANCE) return { bits: each * text.length, chosen };
  const gaps = text.length - covered - separatorsIn(text, pieces);
  const bits = pieces.reduce(
    (sum, piece) => sum + Math.min(piece.bits, each * (piece.to - piece.from)),
    gaps * each,
  );
  return { bits, chosen };
}

/** How many characters the text may have been drawn from; one that is no letter and no digit counts once. */
function alphabetOf(text: string): number {
  const others = new Set(text.replace(/[A-Za-z0-9]/g, '')).size;
  if (HEX.test(text) && /[a-f]/i.test(text)) return 16 + others;
  return (/[a-z]/.test(text) ? 26 : 0) + (/[A-Z]/.test(text) ? 26 : 0) + (/\d/.test(text) ? 10 : 0) + others;
}

function piecesOf(text: string): Piece[] {
  const runs = runsOf(text.toLowerCase());
  // Runs are left out of the search for words and dates.
  const rest = runs.reduce(
    (left, { from, to }) => left.slice(0, from) + '\0'.repeat(to - from) + left.slice(to),
    text,
  );
  const pieces = [...runs];
  for (const match of rest.matchAll(PIECES)) {
    const piece = { from: match.index, to: match.index + match[0].length };
    if (match.groups?.['date'] !== undefined) pieces.push({ ...piece, bits: BITS_OF_A_DATE });
    else if (!HEX.test(text) && isLikeWords(match[0])) pieces.push({ ...piece, bits: bitsOfWords(match[0]) });
  }
  return pieces.toSorted((a, b) => a.from - b.from);
}

function bitsOfWords(letters: string): number {
  return letters.length <= LONGEST_WORD ? BITS_OF_A_WORD : BITS_OF_A_LETTER * letters.length;
}

function isLikeWords(letters: string): boolean {
  const lower = letters.toLowerCase();
  let common = 0;
  for (let at = 1; at < lower.length; at += 1) if (PAIRS.has(lower.slice(at - 1, at + 1))) common += 1;
  return common * 2 >= lower.length - 1;
}

/** Stretches of at least four characters along a row, in either direction. */
function runsOf(text: string): Piece[] {
  const runs: Piece[] = [];
  for (let from = 0; from < text.length;) {
    const length = Math.max(...[...ROWS, ...ROWS.map(backwards)].map((row) => runAt(text, from, row)));
    if (length >= SHORTEST_RUN) runs.push({ from, to: from + length, bits: BITS_OF_A_RUN });
    from += length >= SHORTEST_RUN ? length : 1;
  }
  return runs;
}

function runAt(text: string, from: number, row: string): number {
  const start = row.indexOf(text.charAt(from));
  if (start < 0) return 0;
  let length = 1;
  while (start + length < row.length && text[from + length] === row[start + length]) length += 1;
  return length;
}

function backwards(row: string): string {
  return Array.from(row).toReversed().join('');
}

/** Characters between two pieces, alone, that are no letters and no digits: their writer had little choice. */
function separatorsIn(text: string, pieces: Piece[]): number {
  return pieces.filter(
    ({ to }, at) => pieces[at + 1]?.from === to + 1 && /[^A-Za-z0-9]/.test(text.charAt(to)),
  ).length;
}
