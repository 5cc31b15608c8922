import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { TokensConfig } from '../config/config.js';

const KEY_BYTES = 32;

/** A key made with the current `APP_SECRET`, and the one of the secret before it while that is still accepted. */
export interface DerivedKey {
  readonly current: KeyObject;
  /** Current first. */
  readonly accepted: readonly KeyObject[];
}

/** Keys for separate purposes from one secret (HKDF-SHA256, RFC 5869), so that none of them tells of another. */
@Injectable()
export class DerivedKeys {
  constructor(private readonly config: TokensConfig) {}

  /** @param purpose a label that no other purpose has, e.g. `refresh-token-mac` */
  derive(purpose: string): DerivedKey {
    const { appSecret, appSecretPrevious } = this.config;
    const accepted = [appSecret, ...(appSecretPrevious ? [appSecretPrevious] : [])].map((secret) =>
      createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', `latchkey/${purpose}/v1`, KEY_BYTES))),
    );
    return { current: accepted[0] as KeyObject, accepted };
  }
}
