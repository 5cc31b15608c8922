import { readFileSync } from 'node:fs';

/** A hash that another program made, of Debian's packages php-cli, python3-passlib, python3-argon2, apache2-utils, whois, openssl. */
export interface ForeignHash {
  readonly format: string;
  readonly password: string;
  readonly hash: string;
  /** What made it, in a shell, with the password in `$P`. */
  readonly command: string;
}

export const FOREIGN_HASHES = JSON.parse(
  readFileSync(new URL('foreign-hashes.json', import.meta.url), 'utf8'),
) as readonly ForeignHash[];
