import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigurationError } from '../../config/configuration-error.js';
import { chooseLanguage } from '../../mail/templates/choose-language.js';
import { singleKey, wordsOver } from './plurals.js';

/** The words of the pages in one language, by key. */
export type Words = Readonly<Record<string, string>>;

/** The words in a language, and which it is (BCP 47). */
export interface PageWords {
  readonly language: string;
  readonly words: Words;
}

const OURS = fileURLToPath(new URL('../languages/', import.meta.url));
const DEFAULT = 'en';
/** The words for a scope of a team's own, by its name (`scope-token` of RFC 6749 section 3.3). */
const OF_SCOPE = /^scope\.[\x21\x23-\x5b\x5d-\x7e]{1,100}$/;
const FILE = /^([a-z]{2,8}(?:-[A-Za-z0-9]{1,8})*)\.json$/;

/** The languages that there are: ours, and those of `PAGES_DIR/languages`, which may replace single words of ours, and name scopes. */
export class PageLanguages {
  private readonly all: ReadonlyMap<string, Words>;

  /** @throws ConfigurationError if a file of the directory is no list of words, or has one that no page uses */
  constructor(directory: string | undefined) {
    const ours = read(OURS);
    const known = ours.get(DEFAULT) ?? {};
    const own = directory === undefined ? new Map<string, Words>() : read(join(directory, 'languages'));
    for (const [language, words] of own) {
      const unknown = Object.keys(words).find((key) => !(singleKey(key) in known) && !OF_SCOPE.test(key));
      if (unknown !== undefined)
        throw new ConfigurationError([
          `PAGES_DIR: languages/${language}.json has ${unknown}, which no page uses.`,
        ]);
    }
    const names = new Set([...ours.keys(), ...own.keys()]);
    // What a language does not say is said in English.
    const english = wordsOver(known, own.get(DEFAULT) ?? {});
    this.all = new Map(
      [...names].map((name) => [
        name,
        wordsOver(wordsOver(english, ours.get(name) ?? {}), own.get(name) ?? {}),
      ]),
    );
  }

  /** @param accepted `Accept-Language` */
  choose(accepted: string | null, fallback: string = DEFAULT): PageWords {
    const language = chooseLanguage(
      accepted,
      [...this.all.keys()],
      this.all.has(fallback) ? fallback : DEFAULT,
    );
    return { language, words: this.all.get(language) ?? {} };
  }
}

function read(directory: string): Map<string, Words> {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw new ConfigurationError([`PAGES_DIR cannot be read: ${(error as Error).message}.`]);
  }
  return new Map(
    names.flatMap((name): [string, Words][] => {
      const language = FILE.exec(name)?.[1];
      return language === undefined ? [] : [[language, wordsOf(join(directory, name))]];
    }),
  );
}

function wordsOf(file: string): Words {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigurationError([`PAGES_DIR: ${file} is no JSON (${(error as Error).message}).`]);
  }
  const isWords =
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((word) => typeof word === 'string');
  if (!isWords) throw new ConfigurationError([`PAGES_DIR: ${file} must be an object of texts.`]);
  return value as Words;
}
