import { fileURLToPath } from 'node:url';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Piscina } from 'piscina';
import { UnavailableError } from '../../common/errors/latchkey-error.js';
import { PasswordsConfig } from '../../config/slices.js';
import { PasswordHasher, type PasswordVerification } from './password-hasher.js';

const WORKER = fileURLToPath(new URL('hash-worker.js', import.meta.url));

/** Waiting tasks a worker; at some three a second each, the last one waits about fifteen seconds. */
const QUEUE_PER_WORKER = 50;
/** Below the event loop's priority: under full load a worker gets about a third of the loop's share, and is not starved. */
const NICENESS = 5;
const IDLE_TIMEOUT = 30_000;

/** bcrypt or Argon2id in a pool of worker threads with a bounded queue. */
@Injectable()
export class WorkerPasswordHasher
  extends PasswordHasher
  implements OnApplicationBootstrap, OnApplicationShutdown
{
  private readonly pool: Piscina;
  private readonly scheme;
  /** The hash of no password, for accounts that are not there. */
  private decoy: Promise<string> | undefined;

  constructor(config: PasswordsConfig) {
    super();
    this.scheme =
      config.algorithm === 'bcrypt'
        ? ({ algorithm: 'bcrypt', cost: config.bcryptCost } as const)
        : ({ algorithm: 'argon2id' } as const);
    this.pool = new Piscina({
      filename: WORKER,
      minThreads: 0,
      maxThreads: config.workers,
      maxQueue: config.workers * QUEUE_PER_WORKER,
      idleTimeout: IDLE_TIMEOUT,
      niceIncrement: NICENESS,
      concurrentTasksPerWorker: 1,
    });
  }

  onApplicationBootstrap(): void {
    // Ready before the first login asks, so that the first unknown address takes no longer than others.
    void this.decoyHash().catch(() => undefined);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.close({ force: true });
  }

  async hash(password: string): Promise<string> {
    return (await this.run({ kind: 'hash', password, scheme: this.scheme })) as string;
  }

  async verify(password: string, hash: string | null): Promise<PasswordVerification> {
    const task = { kind: 'verify', password, hash: hash ?? (await this.decoyHash()), scheme: this.scheme };
    const verification = (await this.run(task)) as PasswordVerification;
    return hash === null ? { matches: false, outdated: false } : verification;
  }

  private decoyHash(): Promise<string> {
    this.decoy ??= this.hash(crypto.randomUUID()).catch((error: unknown) => {
      this.decoy = undefined;
      throw error;
    });
    return this.decoy;
  }

  private async run(task: object): Promise<unknown> {
    try {
      return (await this.pool.run(task)) as unknown;
    } catch (error) {
      if (error instanceof Error && error.message === 'Task queue is at limit') {
        throw new UnavailableError('Too many passwords are being checked right now; try again in a moment.', {
          retryAfterSeconds: 5,
        });
      }
      throw error;
    }
  }
}
