import { createHmac, type KeyObject, randomInt, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { AccountThrottlingConfig } from '../../config/config.js';
import { type DerivedKey, DerivedKeys } from '../../secrets/derived-keys.js';

/** Of an account: however many tokens it has given out, what they may guess together is bounded. */
const NUMBERS = 4;

const VERSION = 2;
const TIME_AT = 2;
const TIME_BYTES = 6;
const BINDING_AT = TIME_AT + TIME_BYTES;
const BINDING_BYTES = 16;
const BODY_BYTES = BINDING_AT + BINDING_BYTES;
const MAC_BYTES = 32;
const TOKEN_LENGTH = Math.ceil(((BODY_BYTES + MAC_BYTES) * 4) / 3);

/** Whose device it is. */
export interface DeviceOwner {
  readonly account: string;
  /** Changes with the password, and is another's where the account is. */
  readonly credential: string;
}

/** A token that was issued for the account, under whichever credential. */
export interface DeviceToken {
  readonly number: number;
  /** What its wrong passwords are counted by. */
  readonly id: string;
  readonly binding: Buffer;
  readonly key: KeyObject;
}

/**
 * Tokens by which a device shows that an account was logged in to on it, with the password that it still has (OWASP,
 * Slow Down Online Guessing Attacks with Device Cookies): base64url of version (1 byte), the device's number (1), time of
 * issue (6), a MAC of the credential (16), and an HMAC-SHA256 of all that and the account (32). They prove nothing else,
 * and open nothing.
 */
@Injectable()
export class TrustedDeviceTokens {
  private readonly keys: DerivedKey;

  constructor(
    private readonly config: AccountThrottlingConfig,
    private readonly clock: Clock,
    derivedKeys: DerivedKeys,
  ) {
    this.keys = derivedKeys.derive('device-cookie');
  }

  /** @param number of a device that is recognised already, which keeps it */
  issue({ account, credential }: DeviceOwner, number = randomInt(NUMBERS)): string {
    const { current } = this.keys;
    const body = Buffer.alloc(BODY_BYTES);
    body.writeUInt8(VERSION, 0);
    body.writeUInt8(number, 1);
    body.writeUIntBE(this.clock.now(), TIME_AT, TIME_BYTES);
    bindingOf(current, credential).copy(body, BINDING_AT);
    return Buffer.concat([body, macOf(current, body, account)]).toString('base64url');
  }

  /**
   * Needs to know nothing of the account, so that who has no token of it learns nothing of it.
   * @returns undefined unless it was issued for the account, and is not too old
   */
  read(token: string, account: string): DeviceToken | undefined {
    if (token.length !== TOKEN_LENGTH) return undefined;
    const bytes = Buffer.from(token, 'base64url');
    if (bytes.length !== BODY_BYTES + MAC_BYTES || bytes.readUInt8(0) !== VERSION) return undefined;
    const body = bytes.subarray(0, BODY_BYTES);
    const mac = bytes.subarray(BODY_BYTES);
    const key = this.keys.accepted.find((accepted) => timingSafeEqual(macOf(accepted, body, account), mac));
    if (!key || this.clock.now() >= body.readUIntBE(TIME_AT, TIME_BYTES) + this.config.knownDeviceTtl)
      return undefined;
    const number = body.readUInt8(1);
    const binding = body.subarray(BINDING_AT);
    return { number, id: `${binding.toString('hex')}/${number}`, binding, key };
  }

  /** Whether the account still has the credential that it was issued under. */
  fits({ key, binding }: DeviceToken, credential: string): boolean {
    return timingSafeEqual(bindingOf(key, credential), binding);
  }
}

function bindingOf(key: KeyObject, credential: string): Buffer {
  return createHmac('sha256', key).update(`credential\0${credential}`).digest().subarray(0, BINDING_BYTES);
}

function macOf(key: KeyObject, body: Buffer, account: string): Buffer {
  return createHmac('sha256', key).update(body).update(account).digest();
}
