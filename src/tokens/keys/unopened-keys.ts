import { and, eq } from 'drizzle-orm';
import type { TokensConfig } from '../../config/config.js';
import type { DatabaseConnection } from '../../database/database.js';
import { DerivedKeys } from '../../secrets/derived-keys.js';
import { KeySealer } from './key-sealer.js';
import { signingKeys } from './signing-keys.table.js';

/** A signing key that was sealed with another `APP_SECRET`. */
interface UnopenedKey {
  readonly kid: string;
  readonly sealed: string;
}

/**
 * The signing keys of the database that `APP_SECRET` does not open. For an operator whose secret is lost: no application
 * starts on them.
 */
export class UnopenedKeys {
  private readonly sealer: KeySealer;

  constructor(
    private readonly connection: DatabaseConnection,
    config: TokensConfig,
  ) {
    this.sealer = new KeySealer(new DerivedKeys(config));
  }

  async find(): Promise<UnopenedKey[]> {
    const rows = await this.connection.db
      .select({
        kid: signingKeys.kid,
        sealed: signingKeys.sealedPrivateKey,
        revokedAt: signingKeys.revokedAt,
      })
      .from(signingKeys);
    return rows
      .filter(({ kid, sealed, revokedAt }) => revokedAt === null && !this.sealer.open(sealed, kid))
      .map(({ kid, sealed }) => ({ kid, sealed }));
  }

  /**
   * Revokes them, without a successor: the next process to start makes one.
   * @returns their kids
   */
  async giveUp(): Promise<string[]> {
    const now = new Date();
    const kids: string[] = [];
    for (const { kid, sealed } of await this.find()) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- a few
      const gone = await this.connection.db
        .update(signingKeys)
        .set({ revokedAt: now, signsUntil: now, sealedPrivateKey: '' })
        // Unless an instance that has the other secret has sealed it anew meanwhile.
        .where(and(eq(signingKeys.kid, kid), eq(signingKeys.sealedPrivateKey, sealed)))
        .returning({ kid: signingKeys.kid });
      kids.push(...gone.map((row) => row.kid));
    }
    return kids;
  }
}
