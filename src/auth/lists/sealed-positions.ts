import { Injectable } from '@nestjs/common';
import { DerivedKeys } from '../../secrets/derived-keys.js';
import { Sealer } from '../../secrets/sealer.js';

/** Cursors of lists: where a page ended, sealed, since it may hold an address, and good for the same list alone. */
@Injectable()
export class SealedPositions {
  private readonly sealer: Sealer;

  constructor(keys: DerivedKeys) {
    this.sealer = new Sealer(keys.derive('list-cursors'));
  }

  /** @param list what the cursor is for, filters and order included */
  seal(position: unknown, list: unknown): string {
    return this.sealer.seal(Buffer.from(JSON.stringify(position)), nameOf(list)).slice(PREFIX.length);
  }

  /** @returns undefined for what is no cursor of ours, or of another list */
  open(cursor: string, list: unknown): unknown {
    const opened = this.sealer.open(PREFIX + cursor, nameOf(list));
    return opened && (JSON.parse(opened.toString()) as unknown);
  }
}

const PREFIX = 'v1.';

function nameOf(list: unknown): string {
  return JSON.stringify(list);
}
