import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { Logger } from '@nestjs/common';
import { PinoLogger } from '../common/pino-logger.js';
import type { LatchkeyConfig } from '../config/config.js';
import { reservePort } from '../http/free-port.js';
import { GIVE_UP } from './close-on-signals.js';
import { endOnSignalsNoMore } from './end-on-signals.js';
import { passMetricsOn } from './worker-metrics.js';

/** Before a worker that ended is replaced; doubled each time, up to the second. Milliseconds, as all below. */
const PAUSE = 500;
const PAUSE_MAX = 30_000;
/** Of a worker that served this long, the end begins anew. */
const SETTLED = 60_000;
/** For a worker to notice by itself that it takes too long. */
const MARGIN = 1_000;

/**
 * Runs the server in several processes that share the port. The first starts alone, so that what is made once is there for
 * the others, and what keeps a server from starting is told once: then this process ends as that one did.
 * @throws ConfigurationError if the port cannot be had
 */
export async function runWorkers(config: LatchkeyConfig): Promise<void> {
  const { app, http } = config;
  const reserved = await reservePort(http.host, http.port);
  await reserved.release();
  Logger.overrideLogger(await PinoLogger.create({ level: app.logLevel, json: app.production }));
  await new Workers(config, reserved.port).run();
}

class Workers {
  private readonly logger = new Logger('Workers');
  private readonly since = new Map<Worker, number>();
  private pause = PAUSE;
  private stopping = false;
  /** What this process ends with: whether all workers closed as they should. */
  private failed = false;

  constructor(
    private readonly config: LatchkeyConfig,
    private readonly port: number,
  ) {}

  async run(): Promise<void> {
    this.passSignalsOn();
    passMetricsOn();
    // Each accepts by itself: a connection that this process handed to a worker which is killed would hang (docs/adr/0022).
    cluster.schedulingPolicy = cluster.SCHED_NONE;
    const first = this.fork();
    const [ready] = (await Promise.race([once(first, 'listening'), once(first, 'exit')])) as [unknown];
    // An exit comes with a code, or with null where it was a signal.
    if (typeof ready !== 'object' || ready === null) process.exit(this.stopping ? 0 : 1);
    cluster.on('exit', (worker, code, signal) => this.replace(worker, signal ?? `exit code ${code}`, code));
    const others = Array.from({ length: this.config.app.workers - 1 }, () => this.fork());
    await Promise.all(
      others.map((worker) => Promise.race([once(worker, 'listening'), once(worker, 'exit')])),
    );
    this.logger.log(`${this.since.size} workers serve.`);
  }

  private fork(): Worker {
    // Of PORT=0 the one that was found, whichever way the setting was given.
    const worker = cluster.fork({ PORT: String(this.port), PORT_FILE: '' });
    this.since.set(worker, performance.now());
    return worker;
  }

  private replace(worker: Worker, how: string, code: number): void {
    const lived = performance.now() - (this.since.get(worker) ?? 0);
    this.since.delete(worker);
    if (this.stopping) {
      this.failed ||= code !== 0;
      if (this.since.size === 0) process.exit(this.failed ? 1 : 0);
      return;
    }
    if (lived > SETTLED) this.pause = PAUSE;
    this.logger.error(`A worker ended (${how}); another starts in ${this.pause / 1000} s.`);
    setTimeout(() => {
      if (!this.stopping) this.fork();
    }, this.pause);
    this.pause = Math.min(this.pause * 2, PAUSE_MAX);
  }

  private passSignalsOn(): void {
    endOnSignalsNoMore();
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => this.stop(signal));
    if (this.config.tokens.signingKeyFiles.length > 0) process.on('SIGHUP', () => this.tellAll('SIGHUP'));
  }

  private stop(signal: NodeJS.Signals): void {
    this.stopping = true;
    if (this.since.size === 0) process.exit(0);
    this.tellAll(signal);
    setTimeout(
      () => {
        this.logger.error('Not every worker ended in time.');
        this.failed = true;
        this.tellAll('SIGKILL');
      },
      this.config.http.shutdownDelay + GIVE_UP + MARGIN,
    ).unref();
  }

  private tellAll(signal: NodeJS.Signals): void {
    for (const worker of this.since.keys()) worker.process.kill(signal);
  }
}
