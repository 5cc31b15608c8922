import { createHash, randomBytes } from 'node:crypto';
import type { ClientGrant } from '../clients/oauth-client.js';

/** So that scanners of leaked secrets know it. */
const PREFIX = 'lk_it_';
const BYTES = 32;

/** What an initial access token (RFC 7591 section 3) lets applications register. */
export interface InitialAccessTokenSettings {
  /** For people: whom it was given to. */
  readonly name: string;
  /** All that a client of it may have. */
  readonly grants: readonly ClientGrant[];
  /** All that a client of it may ask for. */
  readonly scopes: readonly string[];
  /** How many clients. */
  readonly uses: number;
}

/** As it is kept, and listed. */
export interface InitialAccessToken extends InitialAccessTokenSettings {
  readonly id: string;
  readonly usesLeft: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** One that is shown this once. */
export interface NewInitialAccessToken extends InitialAccessToken {
  readonly token: string;
}

/** 256 random bits. */
export function newInitialAccessToken(): string {
  return PREFIX + randomBytes(BYTES).toString('base64url');
}

/** SHA-256, in hexadecimal digits: what is random needs no slow hash. */
export function initialAccessTokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
