import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DerivedKeys } from '../../secrets/derived-keys.js';

const FORM = /^([0-9a-f-]{36})\.[\w-]{43}$/;

/**
 * What a page shows to prove that it may read this site: `<session id>.<HMAC-SHA256 of it>` under a key derived from
 * `APP_SECRET`. Good for its session and no other, so that one of an attacker's own session is of no use.
 */
@Injectable()
export class CsrfTokens {
  private readonly keys;

  constructor(derivedKeys: DerivedKeys) {
    this.keys = derivedKeys.derive('csrf-token');
  }

  issue(sessionId: string): string {
    return tokenOf(sessionId, this.keys.current);
  }

  isFor(sessionId: string, token: string): boolean {
    const presented = Buffer.from(token);
    return this.keys.accepted.some((key) => {
      const expected = Buffer.from(tokenOf(sessionId, key));
      return presented.length === expected.length && timingSafeEqual(presented, expected);
    });
  }

  /** @returns whose it is; undefined unless it is one of ours */
  sessionOf(token: string): string | undefined {
    const sessionId = FORM.exec(token)?.[1];
    return sessionId !== undefined && this.isFor(sessionId, token) ? sessionId : undefined;
  }
}

function tokenOf(sessionId: string, key: KeyObject): string {
  return `${sessionId}.${createHmac('sha256', key).update(sessionId).digest('base64url')}`;
}
