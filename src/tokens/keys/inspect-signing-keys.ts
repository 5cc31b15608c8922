import { Clock } from '../../common/clock.js';
import type { TokensConfig } from '../../config/config.js';
import type { DatabaseConnection } from '../../database/database.js';
import { DerivedKeys } from '../../secrets/derived-keys.js';
import { isRotationDue, signingAt, stateOf } from './key-schedule.js';
import { KeySealer } from './key-sealer.js';
import { signingKeys } from './signing-keys.table.js';

/** What is to be known of the signing keys in the database. */
export interface KeyInspection {
  /** Those that are neither expired nor revoked. */
  readonly count: number;
  /** By `kid`: sealed with another `APP_SECRET`, or altered. */
  readonly closed: readonly string[];
  /** Whether the one that signs is among them. */
  readonly signerClosed: boolean;
  /** Whether the next key should be published by now, which any server that runs does within a second. */
  readonly overdue: boolean;
}

/** A server that starts or has been busy is not late yet. Milliseconds. */
const GRACE = 60_000;

/**
 * Opens each, and forgets it. Changes nothing.
 * @throws Error if the table cannot be read
 */
export async function inspectSigningKeys(
  { db }: DatabaseConnection,
  config: TokensConfig,
  clock: Clock,
): Promise<KeyInspection> {
  const now = clock.now();
  const sealer = new KeySealer(new DerivedKeys(config));
  const rows = (await db.select().from(signingKeys)).filter((row) => {
    const state = stateOf(row, now, config.clockLeeway);
    return state !== 'expired' && state !== 'revoked';
  });
  const closed = rows.filter((row) => !sealer.open(row.sealedPrivateKey, row.kid)).map(({ kid }) => kid);
  const signer = signingAt(rows, config.signingAlg, now);
  return {
    count: rows.length,
    closed,
    signerClosed: signer !== undefined && closed.includes(signer.kid),
    overdue: rows.length > 0 && isRotationDue(rows, config.signingAlg, now - GRACE, config),
  };
}
