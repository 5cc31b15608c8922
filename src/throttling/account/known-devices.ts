import { createHmac, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { AccountThrottlingConfig } from '../../config/slices.js';
import { type DerivedKey, DerivedKeys } from '../../secrets/derived-keys.js';

const VERSION = 1;
const ID_BYTES = 16;
const TIME_BYTES = 6;
const BODY_BYTES = 1 + ID_BYTES + TIME_BYTES;
const MAC_BYTES = 32;
const TOKEN_LENGTH = Math.ceil(((BODY_BYTES + MAC_BYTES) * 4) / 3);

/**
 * Tokens by which a device shows that somebody logged in to an account on it before (OWASP, Slow Down Online Guessing
 * Attacks with Device Cookies): base64url of version (1 byte), random id (16), time of issue (6), and an HMAC-SHA256 of
 * that and the account (32). They prove nothing else, and open nothing.
 */
@Injectable()
export class KnownDevices {
  private readonly keys: DerivedKey;

  constructor(
    private readonly config: AccountThrottlingConfig,
    private readonly clock: Clock,
    derivedKeys: DerivedKeys,
  ) {
    this.keys = derivedKeys.derive('known-device');
  }

  /** @param id of a device that is known already, which stays the same device */
  issue(account: string, id?: string): string {
    const body = Buffer.alloc(BODY_BYTES);
    body.writeUInt8(VERSION, 0);
    (id === undefined ? randomBytes(ID_BYTES) : Buffer.from(id, 'hex')).copy(body, 1);
    body.writeUIntBE(this.clock.now(), 1 + ID_BYTES, TIME_BYTES);
    return Buffer.concat([body, macOf(this.keys.current, body, account)]).toString('base64url');
  }

  /** @returns the device's id; undefined unless the token was issued for the account, and is not too old */
  recognise(token: string, account: string): string | undefined {
    if (token.length !== TOKEN_LENGTH) return undefined;
    const bytes = Buffer.from(token, 'base64url');
    if (bytes.length !== BODY_BYTES + MAC_BYTES || bytes.readUInt8(0) !== VERSION) return undefined;
    const body = bytes.subarray(0, BODY_BYTES);
    const mac = bytes.subarray(BODY_BYTES);
    if (!this.keys.accepted.some((key) => timingSafeEqual(macOf(key, body, account), mac))) return undefined;
    const expiresAt = body.readUIntBE(1 + ID_BYTES, TIME_BYTES) + this.config.knownDeviceTtl;
    return this.clock.now() < expiresAt ? body.toString('hex', 1, 1 + ID_BYTES) : undefined;
  }
}

function macOf(key: KeyObject, body: Buffer, account: string): Buffer {
  return createHmac('sha256', key).update(body).update(account).digest();
}
