import { createHash } from 'node:crypto';
import type { DerivedKeys } from '../../secrets/derived-keys.js';
import { Sealer } from '../../secrets/sealer.js';

/** Seals what OAuth flows keep, each content for its own row. */
export class ArtifactSealer {
  private readonly sealer: Sealer;

  constructor(keys: DerivedKeys) {
    this.sealer = new Sealer(keys.derive('oauth-artifacts'));
  }

  /** @param payload JSON */
  seal(payload: Readonly<Record<string, unknown>>, idHash: string): string {
    return this.sealer.seal(Buffer.from(JSON.stringify(payload)), nameOf(idHash));
  }

  /** @returns undefined if it is of another row, or was sealed with another `APP_SECRET` */
  open(sealed: string, idHash: string): Record<string, unknown> | undefined {
    const json = this.sealer.open(sealed, nameOf(idHash));
    return json && (JSON.parse(json.toString()) as Record<string, unknown>);
  }
}

/** What stands in the table for an identifier. */
export function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}

/** A content is of no use in another row. */
function nameOf(idHash: string): string {
  return `oauth-artifact ${idHash}`;
}
