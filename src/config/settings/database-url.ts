import type { Parser } from './setting.js';

const PROTOCOLS = new Set(['postgres:', 'postgresql:']);
/** The driver verifies the certificate for each of these, and warns that it will not always do so. */
const VERIFYING_MODES = new Set(['prefer', 'require', 'verify-ca']);

/**
 * A connection string as libpq takes it (PostgreSQL documentation, section 34.1.1.2), with one host, or with a socket's
 * directory as `host=/…`. Where TLS is asked for, the certificate is verified, unless `uselibpqcompat=true` or
 * `sslmode=no-verify` say otherwise.
 */
export function databaseUrl(): Parser<string> {
  return {
    must: 'must be a URL that starts with postgres:// or postgresql://',
    parse(text) {
      // No URL has a user and no host (WHATWG URL Standard), though libpq writes so.
      const written = text.replace(/^(\w+:\/\/[^/?#]*@)\//, '$1localhost/');
      const url = parseUrl(written);
      if (!url || !PROTOCOLS.has(url.protocol)) return undefined;
      if (written !== text && !url.searchParams.get('host')?.startsWith('/')) return undefined;
      const mode = url.searchParams.get('sslmode') ?? '';
      const asksForWarning = VERIFYING_MODES.has(mode) && !url.searchParams.has('uselibpqcompat');
      return asksForWarning ? url.href.replace(/([?&]sslmode=)[^&]*/, '$1verify-full') : url.href;
    },
  };
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
