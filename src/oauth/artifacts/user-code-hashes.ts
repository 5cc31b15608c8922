import { createHmac } from 'node:crypto';
import type { DerivedKey, DerivedKeys } from '../../secrets/derived-keys.js';
import { hashOf } from './artifact-sealer.js';

/** What stands in the table for a code that people type: it is short, so that a hash without a key could be tried through. */
export class UserCodeHashes {
  private readonly key: DerivedKey;

  constructor(keys: DerivedKeys) {
    this.key = keys.derive('oauth-user-code');
  }

  /** Of a code that is put down now. */
  of(userCode: string): string {
    return createHmac('sha256', this.key.current).update(userCode).digest('base64url');
  }

  /** All that may stand for it: also by the `APP_SECRET` before, and its bare hash, as of a code that waits while an earlier version is replaced. */
  allOf(userCode: string): string[] {
    const keyed = this.key.accepted.map((key) =>
      createHmac('sha256', key).update(userCode).digest('base64url'),
    );
    return [...keyed, hashOf(userCode)];
  }
}
