import { createHmac, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DerivedKeys } from '../secrets/derived-keys.js';

/** 96 bits: enough to tell tries apart. */
const LENGTH = 16;

/**
 * Stands for an e-mail address that somebody gave, whether or not there is such an account: tries with the same one can
 * be told to belong together, and nobody without `APP_SECRET` learns which it is.
 */
@Injectable()
export class IdentifierHash {
  private readonly key: KeyObject;

  constructor(keys: DerivedKeys) {
    this.key = keys.derive('audit-identifier').current;
  }

  /** @param identifier whose case counts for nothing */
  of(identifier: string): string {
    const canonical = identifier.toLowerCase().normalize('NFC');
    return createHmac('sha256', this.key).update(canonical).digest('base64url').slice(0, LENGTH);
  }
}
