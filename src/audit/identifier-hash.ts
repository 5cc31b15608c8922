import { createHmac, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../common/client-info.js';
import { DerivedKeys } from '../secrets/derived-keys.js';
import type { AuditDetails, AuditEvent, AuditEventType } from './audit-event.js';

/** 96 bits: enough to tell tries apart. */
const LENGTH = 16;

/**
 * Stands for an e-mail address that a caller gave, whether or not there is such an account: tries with the same one can
 * be seen to belong together, and without `APP_SECRET` the address cannot be found out.
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

  /** Of an address that is, or is to be, in the place of another. */
  ofChange(previous: string, next: string): Pick<AuditDetails, 'identifier' | 'previousIdentifier'> {
    return { identifier: this.of(next), previousIdentifier: this.of(previous) };
  }

  /**
   * What a caller did who has shown nothing but an address.
   * @param user whose address it is, if there is an account
   * @param failure why it failed; else it succeeded
   */
  eventOf(
    type: AuditEventType,
    email: string,
    user: { readonly id: string } | undefined,
    client: ClientInfo,
    failure?: string,
  ): AuditEvent {
    const identifier = this.of(email);
    return {
      type,
      outcome: failure === undefined ? 'success' : 'failure',
      actor: { kind: 'anonymous' },
      subject: user?.id ?? null,
      client,
      details: failure === undefined ? { identifier } : { reason: failure, identifier },
    };
  }
}
