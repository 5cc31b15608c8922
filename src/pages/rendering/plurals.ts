type Words = Readonly<Record<string, string>>;

/** Of a text beside another for other numbers: `problem.RATE_LIMITED.one`, in the names of Unicode CLDR. */
const PLURAL = /\.(zero|one|two|few|many|other)$/;

/** What a text is called without its plural. */
export function singleKey(key: string): string {
  return key.replace(PLURAL, '');
}

/** Words of a language over those of another: plurals go with the text that they belong to. */
export function wordsOver(under: Words, over: Words): Words {
  const kept = Object.entries(under).filter(([key]) => !(PLURAL.test(key) && singleKey(key) in over));
  return { ...Object.fromEntries(kept), ...over };
}

/** The text of a key: where there are several that for the number that belongs in it. */
export function textFor(
  { language, words }: { readonly language: string; readonly words: Words },
  key: string,
  values: Readonly<Record<string, string | number>>,
): string {
  const count = Object.values(values).find((value) => typeof value === 'number');
  const plural = count === undefined ? undefined : new Intl.PluralRules(language).select(count);
  return words[`${key}.${plural}`] ?? words[key] ?? key;
}
