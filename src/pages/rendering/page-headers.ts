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

/** The policy of a page that has pages of other sites in frames: those, and no others. @returns a header */
export function framing(addresses: readonly string[]): readonly [name: string, value: string] {
  const sources = addresses.map((address) => {
    const { origin, pathname } = new URL(address);
    return origin + pathname.replaceAll(';', '%3B').replaceAll(',', '%2C');
  });
  return [
    'Content-Security-Policy',
    `${CONTENT_SECURITY_POLICY}; frame-src ${[...new Set(sources)].join(' ')}`,
  ];
}
