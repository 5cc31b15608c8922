import { createPrivateKey } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { desc, sql } from 'drizzle-orm';
import { Clock } from '../../common/clock.js';
import { TokensConfig } from '../../config/slices.js';
import { type Database, InjectDatabase } from '../../database/database.js';
import { KeySealer } from './key-sealer.js';
import { type AsymmetricAlg, generatePrivateKey } from './signing-algorithm.js';
import { SigningKeyError, type SigningKeySet, SigningKeySource } from './signing-key-source.js';
import { signingKeys } from './signing-keys.table.js';
import { TokenKey } from './token-key.js';

type Row = typeof signingKeys.$inferSelect;

/** Keys in the database, sealed. The newest one of the configured algorithm signs; the others verify. */
@Injectable()
export class DatabaseSigningKeys extends SigningKeySource {
  private readonly logger = new Logger('SigningKeys');

  constructor(
    @InjectDatabase() private readonly db: Database,
    private readonly sealer: KeySealer,
    private readonly config: TokensConfig,
    private readonly clock: Clock,
  ) {
    super();
  }

  async load(): Promise<SigningKeySet> {
    const alg = this.config.signingAlg as AsymmetricAlg;
    const rows = await this.db.transaction(async (transaction) => {
      // One of the processes that start at once makes the first key; the others wait and read it.
      await transaction.execute(sql`lock table ${signingKeys} in exclusive mode`);
      const existing = await transaction.select().from(signingKeys).orderBy(desc(signingKeys.createdAt));
      if (existing.some((row) => row.alg === alg)) return existing;
      const [created] = await transaction
        .insert(signingKeys)
        .values(await this.newRow(alg))
        .returning();
      return created ? [created, ...existing] : existing;
    });

    const currentRow = rows.find((row) => row.alg === alg);
    if (!currentRow) throw new SigningKeyError(`There is no ${alg} signing key.`);
    const current = this.open(currentRow);
    if (!current) {
      throw new SigningKeyError(
        'The signing key in the database was sealed with another APP_SECRET. ' +
          'Give that one as APP_SECRET, or as APP_SECRET_PREVIOUS beside the new one.',
      );
    }
    const others = rows.filter((row) => row !== currentRow).map((row) => this.open(row));
    return { current, all: [current, ...others.filter((key) => key !== undefined)] };
  }

  private async newRow(alg: AsymmetricAlg): Promise<Row> {
    const privateKey = await generatePrivateKey(alg);
    const { kid, publicJwk } = TokenKey.asymmetric(privateKey, alg);
    if (!publicJwk) throw new SigningKeyError(`A ${alg} key has no public part.`);
    const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
    return {
      kid,
      alg,
      publicJwk,
      sealedPrivateKey: this.sealer.seal(pkcs8, kid),
      createdAt: new Date(this.clock.now()),
    };
  }

  /** A key counts only if its sealed part opens: whoever can write a row cannot make us trust a key. */
  private open(row: Row): TokenKey | undefined {
    const pkcs8 = this.sealer.open(row.sealedPrivateKey, row.kid);
    if (!pkcs8) {
      this.logger.error(`The signing key ${row.kid} does not open with APP_SECRET; its tokens are refused.`);
      return undefined;
    }
    const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    return TokenKey.asymmetric(privateKey, row.alg as AsymmetricAlg);
  }
}
