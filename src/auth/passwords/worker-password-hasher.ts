import { fileURLToPath } from 'node:url';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { Piscina } from 'piscina';
import { UnavailableError } from '../../common/errors/latchkey-error.js';
import { type HashOperation, Measurements } from '../../common/measurements.js';
import { inSpan } from '../../common/tracing/in-span.js';
import { tracing } from '../../common/tracing/tracing.js';
import { PasswordsConfig } from '../../config/config.js';
import { JobQueue } from './job-queue.js';
import { opaqueString } from './opaque-string.js';
import { type HashingLoad, PasswordHasher, type PasswordVerification } from './password-hasher.js';

const WORKER = fileURLToPath(new URL('hash-worker.js', import.meta.url));

/** Waiting tasks a worker; at some three a second each, the last one waits about five seconds. */
const QUEUE_PER_WORKER = 16;
/** Below the event loop's priority: under full load a worker gets about a sixth of the loop's share, and is not starved. */
const NICENESS = 8;
const IDLE_TIMEOUT = 30_000;
/** After it a stopping server hashes nothing more, so that answers go out before connections are cut. Milliseconds. */
const STOP_AFTER = 2_000;

/** What a thread is given. */
interface HashTask {
  readonly kind: HashOperation;
  readonly [detail: string]: unknown;
}

/** bcrypt or Argon2id in a pool of worker threads with a bounded queue. */
@Injectable()
export class WorkerPasswordHasher
  extends PasswordHasher
  implements BeforeApplicationShutdown, OnApplicationShutdown
{
  private readonly logger = new Logger('Passwords');
  /** Loaded with the first password: an application may have none. */
  private pool: Promise<Piscina> | undefined;
  private readonly queue: JobQueue;
  private readonly scheme;
  private closed = false;
  /** Refuses what is being hashed: its thread may take seconds to end. */
  private readonly stopping = new Set<() => void>();

  constructor(
    private readonly config: PasswordsConfig,
    private readonly measurements: Measurements = new Measurements(),
  ) {
    super();
    this.scheme =
      config.algorithm === 'bcrypt'
        ? ({ algorithm: 'bcrypt', cost: config.bcryptCost } as const)
        : ({ algorithm: 'argon2id' } as const);
    // The pool would end the thread of a job that is taken back while it runs.
    this.queue = new JobQueue(config.workers, config.workers * QUEUE_PER_WORKER);
  }

  override get load(): HashingLoad {
    return this.queue.load;
  }

  /** The HTTP server closes after this, and waits for what is in flight. */
  beforeApplicationShutdown(): void {
    setTimeout(() => void this.onApplicationShutdown(), STOP_AFTER).unref();
  }

  /** Called by Nest. */
  async onApplicationShutdown(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    for (const stop of this.stopping) stop();
    this.queue.close();
    await (await this.pool)?.close({ force: true });
  }

  async hash(password: string, gone?: AbortSignal): Promise<string> {
    const task: HashTask = { kind: 'hash', password: opaqueString(password), scheme: this.scheme };
    return (await this.run(task, gone)) as string;
  }

  async verify(password: string, hash: string | null, gone?: AbortSignal): Promise<PasswordVerification> {
    const task: HashTask = {
      kind: 'verify',
      password: opaqueString(password),
      typed: password,
      hash,
      scheme: this.scheme,
    };
    return (await this.run(task, gone)) as PasswordVerification;
  }

  private async run(task: HashTask, gone: AbortSignal | undefined): Promise<unknown> {
    const asked = performance.now();
    try {
      return await this.traced(task, (began) =>
        this.queue.run(() => {
          const waited = performance.now() - asked;
          began?.(waited);
          return this.measured(task, waited);
        }, gone),
      );
    } catch (error) {
      // What was being hashed when the time to finish was over.
      if (this.closed) throw new UnavailableError('The server is stopping; try again in a moment.');
      throw error;
    }
  }

  /** @param work says, where it is asked to, when a thread was free: what is left of the span is the thread's */
  private traced<T>({ kind }: HashTask, work: (began?: (waited: number) => void) => Promise<T>): Promise<T> {
    const traced = tracing();
    if (!traced) return work();
    const attributes = { 'latchkey.password.algorithm': this.scheme.algorithm };
    return inSpan(traced, `password ${kind}`, { kind: 'INTERNAL', attributes }, (span) =>
      work((waited) => {
        span.addEvent('thread free');
        span.setAttribute('latchkey.password.waited', waited / 1000);
      }),
    );
  }

  private async measured(task: HashTask, waited: number): Promise<unknown> {
    const began = performance.now();
    const result = await this.unlessStopped(this.inThread(task));
    this.measurements.passwordHashed(task.kind, waited, performance.now() - began);
    return result;
  }

  private async inThread(task: HashTask): Promise<unknown> {
    this.pool ??= this.startPool();
    return (await this.pool).run(task);
  }

  private async startPool(): Promise<Piscina> {
    const { Piscina: Pool } = await import('piscina');
    const pool = new Pool({
      filename: WORKER,
      minThreads: 0,
      maxThreads: this.config.workers,
      idleTimeout: IDLE_TIMEOUT,
      niceIncrement: NICENESS,
      concurrentTasksPerWorker: 1,
    });
    // A thread that breaks fails its task; without a listener it would end the process.
    pool.on('error', (error: Error) => this.logger.error(`A hashing thread broke: ${error.message}`));
    return pool;
  }

  private async unlessStopped(hashing: Promise<unknown>): Promise<unknown> {
    let stop = (): void => undefined;
    const stopped = new Promise<never>((_, reject) => {
      stop = () => reject(new Error('The server is stopping.'));
    });
    this.stopping.add(stop);
    try {
      return await Promise.race([hashing, stopped]);
    } finally {
      this.stopping.delete(stop);
    }
  }
}
