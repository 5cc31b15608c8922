interface Wish {
  readonly range: string;
  readonly weight: number;
}

/** `Accept-Language` comes from any client. */
const WISHES_MAX = 20;
const WISH = /^([a-z]{1,8}(?:-[a-z0-9]{1,8})*|\*)$/i;
const WEIGHT = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i;

/**
 * The language to write in (RFC 9110 section 12.5.4, RFC 4647 section 3.4): `de-AT` is served with `de`.
 * @param accepted `Accept-Language`; what is not understood in it is passed over
 * @param available BCP 47 tags
 * @param fallback for those who name nothing that there is
 */
export function chooseLanguage(
  accepted: string | null,
  available: readonly string[],
  fallback: string,
): string {
  const wishes = parse(accepted ?? '');
  const refused = new Set(wishes.filter(({ weight }) => weight === 0).map(({ range }) => range));
  const wanted = wishes.filter(({ weight }) => weight > 0).toSorted((a, b) => b.weight - a.weight);
  for (const { range } of wanted) {
    const found = range === '*' ? fallback : lookUp(range, available);
    if (found !== undefined && !refused.has(found.toLowerCase())) return found;
  }
  return fallback;
}

function parse(accepted: string): Wish[] {
  return accepted
    .split(',', WISHES_MAX)
    .map((entry) => entry.split(';').map((part) => part.trim()))
    .filter(([range = '', ...parameters]) => WISH.test(range) && parameters.length <= 1)
    .map(([range = '', weight = 'q=1']) => ({
      range: range.toLowerCase(),
      weight: Number(WEIGHT.exec(weight)?.[1] ?? Number.NaN),
    }))
    .filter(({ weight }) => !Number.isNaN(weight));
}

/** Shortened from the end until it is one of those. */
function lookUp(range: string, available: readonly string[]): string | undefined {
  const found = available.find((tag) => tag.toLowerCase() === range);
  if (found !== undefined || !range.includes('-')) return found;
  // A subtag of one character belongs to what follows it.
  return lookUp(range.replace(/(-[a-z0-9])?-[a-z0-9]+$/, ''), available);
}
