import type { AppConfig, HttpConfig } from '../../config/config.js';

/**
 * What kind of cookies there can be: `secure`; `plain`, without Secure and without a prefix to their names, which is all
 * that every browser keeps over http; or none.
 */
export type CookieSecurity = 'secure' | 'plain' | 'none';

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/;

/** Plain ones are for development, and for what never leaves the machine. */
export function cookieSecurityOf({ production }: AppConfig, { publicUrl }: HttpConfig): CookieSecurity {
  const { protocol, hostname } = new URL(publicUrl);
  if (protocol === 'https:') return 'secure';
  return production && !LOOPBACK.test(hostname) ? 'none' : 'plain';
}
