import { Injectable } from '@nestjs/common';
import { DerivedKeys } from '../../secrets/derived-keys.js';
import { Sealer } from '../../secrets/sealer.js';

/** Seals private keys for the database. */
@Injectable()
export class KeySealer extends Sealer {
  constructor(derivedKeys: DerivedKeys) {
    super(derivedKeys.derive('key-sealing'));
  }
}
