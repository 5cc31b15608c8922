import Bowser from 'bowser';

/** Of a user agent; what follows says nothing more. */
const USER_AGENT_MAX_LENGTH = 256;

/** Browsers, and programs that claim to be one. */
const BROWSER = /^(?:Mozilla|Opera)\//;
/** The first product of a user agent (RFC 9110 section 10.1.5). Without dots: mail programs would make links of them. */
const PRODUCT = /^[A-Za-z][\w-]{0,31}(?=[/\s]|$)/;

const KNOWN_BROWSERS = new Set<string>(Object.values(Bowser.BROWSER_MAP));
const KNOWN_SYSTEMS = new Set<string>(Object.values(Bowser.OS_MAP));

/**
 * What people call the device that a user agent tells of: `Firefox on Windows`, `Safari on iOS`, `curl`. The client chose
 * its words, so only names that are known and single words of a program's own are repeated.
 * @returns null if it cannot be told
 */
export function deviceOf(userAgent: string | null): string | null {
  const text = userAgent?.slice(0, USER_AGENT_MAX_LENGTH).trim() ?? '';
  if (text === '') return null;
  const parser = Bowser.getParser(text);
  const system = known(parser.getOSName(), KNOWN_SYSTEMS);
  const program = BROWSER.test(text)
    ? known(parser.getBrowserName(), KNOWN_BROWSERS)
    : PRODUCT.exec(text)?.[0];
  if (program === undefined) return system ?? null;
  return system === undefined ? program : `${program} on ${system}`;
}

function known(name: string, names: ReadonlySet<string>): string | undefined {
  return names.has(name) ? name : undefined;
}
