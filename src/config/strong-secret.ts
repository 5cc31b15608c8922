import { deflateRawSync } from 'node:zlib';
import { secretBits } from './secret-bits.js';

const MIN_BYTES = 32;
const MIN_BITS = 128;
/** What is chosen in a text that says what examples say. */
const MIN_CHOSEN = 1 / 4;
/** What is chosen in a text that was encoded. */
const MIN_CHOSEN_INSIDE = 1 / 2;
const MIN_DISTINCT_CHARACTERS = 8;
/** What is left of 32 random characters, and of no text that repeats itself. Bytes. */
const MIN_DEFLATED = 28;
/** Random words that give 128 bits (diceware: 12.9 bits each). */
const MIN_WORDS = 10;
const WORDS = /^[A-Z]?[a-z]+(?:[^A-Za-z0-9]+[A-Z]?[a-z]+)+[^A-Za-z0-9]*$/;
/** What examples say, and first guesses; written without separators. */
const PLACEHOLDERS =
  /change?(?:me|this|it)|replace(?:me|this)|secret|placeholder|password|qwerty|qazwsx|asdfgh|letmein/;

/**
 * Whether a secret may be taken for random: long enough, not one text repeated, 128 bits by an estimate that knows words, rows of
 * the keyboard, the alphabet and dates, no placeholder, nor any of these in base64 or hex. A guess: a person who wants to can
 * still choose a bad one.
 */
export function isStrongSecret(value: string): boolean {
  return (
    Buffer.byteLength(value) >= MIN_BYTES &&
    new Set(value).size >= MIN_DISTINCT_CHARACTERS &&
    deflateRawSync(value, { level: 9 }).length >= MIN_DEFLATED &&
    !isChosen(value) &&
    !(/^[\w+/-]+=*$/.test(value) && isChosenInside(value, 'base64')) &&
    !(/^[0-9a-f]+$/i.test(value) && isChosenInside(value, 'hex'))
  );
}

/** A text of random letters may decode to one that is short: what counts is that it looks chosen. */
function isChosenInside(value: string, encoding: 'base64' | 'hex'): boolean {
  const decoded = Buffer.from(value, encoding).toString('latin1');
  return /^[\x20-\x7e]+$/.test(decoded) && (isChosenText(decoded) || isMadeOfPieces(decoded));
}

function isChosen(value: string): boolean {
  return secretBits(value).bits < MIN_BITS || isChosenText(value);
}

function isMadeOfPieces(value: string): boolean {
  const { bits, chosen } = secretBits(value);
  return bits < MIN_BITS && chosen >= MIN_CHOSEN_INSIDE;
}

function isChosenText(value: string): boolean {
  return (
    runsAlongTheAlphabet(value) ||
    isFewWords(value) ||
    (secretBits(value).chosen >= MIN_CHOSEN && PLACEHOLDERS.test(value.toLowerCase().replace(/[^a-z]/g, '')))
  );
}

/** Half of the characters follow the one before by one, or go before it: `abcdef…`, `9876…`. */
function runsAlongTheAlphabet(value: string): boolean {
  let steps = 0;
  for (let at = 1; at < value.length; at += 1)
    if (Math.abs(value.charCodeAt(at) - value.charCodeAt(at - 1)) === 1) steps += 1;
  return steps >= value.length / 2;
}

function isFewWords(value: string): boolean {
  return WORDS.test(value) && value.split(/[^a-z0-9]+/i).length < MIN_WORDS;
}
