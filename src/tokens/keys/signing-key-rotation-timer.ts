import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { withoutParameters } from '../../common/errors/without-parameters.js';
import { DatabaseSigningKeys } from './database-signing-keys.js';
import { SigningKeyRotation } from './signing-key-rotation.service.js';
import { SigningKeySource } from './signing-key-source.js';

/** How often it is looked whether something is to be done: in memory, not in the database. Milliseconds. */
const INTERVAL = 500;

/** Keeps the keys of the database rotating, where those are the keys in use. */
@Injectable()
export class SigningKeyRotationTimer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('SigningKeys');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private failing = false;

  constructor(
    private readonly source: SigningKeySource,
    private readonly rotation: SigningKeyRotation,
  ) {}

  onApplicationBootstrap(): void {
    const { source } = this;
    if (!(source instanceof DatabaseSigningKeys)) return;
    this.timer = setInterval(() => {
      if (!this.running && source.needsMaintenance) this.running = this.maintain();
    }, INTERVAL).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private async maintain(): Promise<void> {
    try {
      await this.rotation.maintain();
      this.failing = false;
    } catch (error) {
      if (!this.failing) {
        const reason = withoutParameters((error as Error).message);
        this.logger.error(`The signing keys cannot be rotated, which is tried again: ${reason}`);
      }
      this.failing = true;
    } finally {
      this.running = undefined;
    }
  }
}
