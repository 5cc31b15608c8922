import { folded, isLetter, letterOf, lettersOf, wordsOf } from './folded-text.js';
import { type PasswordContext, PasswordPolicy } from './password-policy.js';

/** Why it is refused. */
export const TOO_CLOSE = 'is too close to your name, your e-mail address or this service';

/** Shorter words say nothing by being in a password. */
const WORD_MIN_LENGTH = 3;
/** As long as a date: what people put behind a word to make it long enough. */
const FILLING_MAX_LENGTH = 8;

/**
 * Not what an attacker would try first for this user of this service: the names of the service, the user's name, their
 * e-mail address and the parts of these, alone or together, however they are spaced, spelled (case, accents, `4d@` for
 * `ada`) or filled up with digits and punctuation. Words only make a password bad if there is nothing else: it is
 * compared as a whole (NIST SP 800-63B-4 section 3.1.1.2), so a passphrase may mention a name.
 */
export class ContextWordsPolicy extends PasswordPolicy {
  private readonly serviceWords: readonly string[];

  /** @param names of the service, the product, the organisation … */
  constructor(names: readonly string[]) {
    super();
    this.serviceWords = names.flatMap(withParts);
  }

  reject(password: string, context: PasswordContext = {}): Promise<string | undefined> {
    const words = new Set([...this.serviceWords, ...wordsAbout(context)]);
    return Promise.resolve(saysOnly(password, words) ? TOO_CLOSE : undefined);
  }
}

function wordsAbout({ name, email }: PasswordContext): string[] {
  const at = email?.lastIndexOf('@') ?? -1;
  const mailbox = email?.slice(0, at) ?? '';
  const domain = email?.slice(at + 1) ?? '';
  // The parts are names of organisations and providers, but for the last one.
  const organisation = domain.split('.').slice(0, -1).join('.');
  const whole = [email ?? '', domain].map(lettersOf).filter((word) => word !== '');
  return [...whole, ...[name ?? '', mailbox, organisation].flatMap(withParts)];
}

/** The letters of a text and of its words. */
function withParts(text: string): string[] {
  return [text, ...wordsOf(text)].map(lettersOf).filter((word) => word.length >= WORD_MIN_LENGTH);
}

/** Whether nothing is left of a password but a little filling when the words are taken out. */
function saysOnly(password: string, words: ReadonlySet<string>): boolean {
  const characters = folded(password);
  const spelled = characters.flatMap((character, index) => {
    const letter = letterOf(character);
    return letter === undefined ? [] : [{ letter, index }];
  });
  // One UTF-16 unit an element, as positions in texts are counted.
  const positions = spelled.flatMap(({ letter, index }) => Array<number>(letter.length).fill(index));
  const text = spelled.map(({ letter }) => letter).join('');

  const covered = new Set([...words].flatMap((word) => occurrences(word, text)));
  const coveredCharacters = new Set([...covered].map((position) => positions[position]));
  return covered.size > 0 && isFilling(characters.filter((_, index) => !coveredCharacters.has(index)));
}

/** The positions of a text that a word covers, each of them once. */
function occurrences(word: string, text: string): number[] {
  const covered: number[] = [];
  let end = 0;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    for (end = Math.max(end, at); end < at + word.length; end += 1) covered.push(end);
  }
  return covered;
}

/** A few characters other than letters; a run of the same one counts once. */
function isFilling(characters: readonly string[]): boolean {
  const runs = characters.filter((character, index) => character !== characters[index - 1]);
  return runs.length <= FILLING_MAX_LENGTH && !runs.some(isLetter);
}
