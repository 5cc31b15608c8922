import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DerivedKeys } from '../../secrets/derived-keys.js';

const PREFIX = 'lk_rt_';
const VERSION = 1;
const ID_BYTES = 16;
const GENERATION_BYTES = 4;
const SECRET_BYTES = 32;
const MAC_BYTES = 32;
const BODY_BYTES = 1 + ID_BYTES + GENERATION_BYTES + SECRET_BYTES;
const TOKEN_LENGTH = PREFIX.length + Math.ceil(((BODY_BYTES + MAC_BYTES) * 4) / 3);

/** What a refresh token says. */
export interface RefreshTokenContent {
  readonly sessionId: string;
  readonly generation: number;
  /** 256 random bits, the session's for life. */
  readonly secret: Buffer;
}

/**
 * Refresh tokens: `lk_rt_` and base64url of version (1 byte), session id (16), generation (4, big-endian), session
 * secret (32) and an HMAC-SHA256 of all that (32) under a key derived from `APP_SECRET`. The successor of a token can be
 * computed, so that it never has to be stored; a forged one is refused without asking a store.
 */
@Injectable()
export class RefreshTokenCodec {
  private readonly keys;

  constructor(derivedKeys: DerivedKeys) {
    this.keys = derivedKeys.derive('refresh-token-mac');
  }

  encode({ sessionId, generation, secret }: RefreshTokenContent): string {
    const body = Buffer.alloc(BODY_BYTES);
    body.writeUInt8(VERSION, 0);
    body.write(sessionId.replaceAll('-', ''), 1, 'hex');
    body.writeUInt32BE(generation, 1 + ID_BYTES);
    secret.copy(body, 1 + ID_BYTES + GENERATION_BYTES);
    const mac = createHmac('sha256', this.keys.current).update(body).digest();
    return PREFIX + Buffer.concat([body, mac]).toString('base64url');
  }

  /** @returns undefined unless it is a token that `encode` wrote under an accepted `APP_SECRET` */
  decode(token: string): RefreshTokenContent | undefined {
    if (token.length !== TOKEN_LENGTH || !token.startsWith(PREFIX)) return undefined;
    const text = token.slice(PREFIX.length);
    const bytes = Buffer.from(text, 'base64url');
    // Canonical, so that one token has one spelling.
    if (bytes.length !== BODY_BYTES + MAC_BYTES || bytes.toString('base64url') !== text) return undefined;
    const body = bytes.subarray(0, BODY_BYTES);
    if (!this.isOurs(body, bytes.subarray(BODY_BYTES)) || body.readUInt8(0) !== VERSION) return undefined;
    return {
      sessionId: uuidOf(body.toString('hex', 1, 1 + ID_BYTES)),
      generation: body.readUInt32BE(1 + ID_BYTES),
      secret: Buffer.from(body.subarray(1 + ID_BYTES + GENERATION_BYTES)),
    };
  }

  private isOurs(body: Buffer, mac: Buffer): boolean {
    return this.keys.accepted.some((key) =>
      timingSafeEqual(createHmac('sha256', key).update(body).digest(), mac),
    );
  }
}

/** @param hex 32 digits */
function uuidOf(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function newSessionSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}

/** What the row holds. A plain hash will do: the secret is 256 random bits, which no attacker can search. */
export function hashSessionSecret(secret: Buffer): string {
  return hash('sha256', secret, 'base64url');
}
