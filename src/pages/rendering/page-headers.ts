const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; " +
  "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/**
 * Sent with every page (ASVS 5.0 V3.4): scripts and styles are this server's files alone, no page stands in another's frame, and forms
 * are sent here. With `no-referrer` browsers would send forms with `Origin: null`, and CSRF could not be told.
 */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  Vary: 'Accept-Language, Cookie',
};

/** Characters of `frame-src`: proxies take headers of 4 to 8 KiB. */
const FRAME_SOURCES_MAX = 3000;

/**
 * The policy of a page that has pages of other sites in frames: those, and no others; of very many, all of their sites, or of their
 * schemes. @returns a header
 */
export function framing(addresses: readonly string[]): readonly [name: string, value: string] {
  const urls = addresses.map((address) => new URL(address));
  const wider = [pageOf, ({ origin }: URL) => origin, ({ protocol }: URL) => protocol];
  const lists = wider.map((sourceOf) => [...new Set(urls.map(sourceOf))].join(' '));
  const sources = lists.find(({ length }) => length <= FRAME_SOURCES_MAX) ?? lists.at(-1);
  return ['Content-Security-Policy', `${CONTENT_SECURITY_POLICY}; frame-src ${sources}`];
}

function pageOf({ origin, pathname }: URL): string {
  return origin + pathname.replaceAll(';', '%3B').replaceAll(',', '%2C');
}
