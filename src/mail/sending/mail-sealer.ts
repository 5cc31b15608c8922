import { Injectable } from '@nestjs/common';
import { DerivedKeys } from '../../secrets/derived-keys.js';
import { Sealer } from '../../secrets/sealer.js';
import type { Mail } from '../mail.js';

/** Seals mails for the database: an attacker who reads the table gets no one-time link, and no address. */
@Injectable()
export class MailSealer {
  private readonly sealer: Sealer;

  constructor(derivedKeys: DerivedKeys) {
    this.sealer = new Sealer(derivedKeys.derive('mail-sealing'));
  }

  seal(mail: Mail, id: string): string {
    return this.sealer.seal(Buffer.from(JSON.stringify(mail)), id);
  }

  /** @returns undefined if no accepted `APP_SECRET` opens it, or it was altered */
  open(sealed: string, id: string): Mail | undefined {
    const json = this.sealer.open(sealed, id);
    return json && (JSON.parse(json.toString(), reviveTime) as Mail);
  }
}

function reviveTime(key: string, value: unknown): unknown {
  return key === 'at' && typeof value === 'string' ? new Date(value) : value;
}
