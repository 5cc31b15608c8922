import { Injectable } from '@nestjs/common';
import { PeriodicTask } from '../../common/periodic-task.js';
import { PostgresSigningKeys } from './postgres-signing-keys.js';
import { SigningKeyRotation } from './signing-key-rotation.js';
import { SigningKeySource } from './signing-key-source.js';

/** How often it is looked whether something is to be done: in memory, not in the database. */
const OFTEN = { firstAfter: 500, interval: 500, jitter: 0 };

/** Keeps the keys of the database rotating, where those are the keys in use. */
@Injectable()
export class SigningKeyRotationTimer extends PeriodicTask {
  constructor(
    private readonly source: SigningKeySource,
    private readonly rotation: SigningKeyRotation,
  ) {
    super('SigningKeys', 'The signing keys cannot be rotated', OFTEN);
  }

  async run(): Promise<void> {
    const { source } = this;
    if (source instanceof PostgresSigningKeys && source.needsMaintenance) await this.rotation.maintain();
  }

  protected override isNeeded(): boolean {
    return this.source instanceof PostgresSigningKeys;
  }
}
