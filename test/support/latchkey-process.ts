import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { TestEnvironment } from './test-config.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The built server as a process of its own: `node dist/main.js`. */
export class LatchkeyProcess {
  private output = '';
  private errors = '';
  readonly exited: Promise<Exit>;

  private constructor(private readonly child: ChildProcessByStdio<null, Readable, Readable>) {
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.errors += text));
    this.exited = once(child, 'close').then(([code, signal]: unknown[]) => ({ code, signal }) as Exit);
  }

  /**
   * @param environment all that the process gets, but for PATH
   * @param through a program, with its arguments, that runs the server
   * @param main the built server's file
   */
  static launch(
    environment: TestEnvironment,
    through: readonly string[] = [],
    main: string = MAIN,
  ): LatchkeyProcess {
    const env = { PATH: process.env['PATH'], PORT: '0', ...environment };
    const [command, ...args] = [...through, process.execPath, main];
    return new LatchkeyProcess(spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  /** `npm start`, which was built before, as for all specs of processes. */
  static npmStart(environment: TestEnvironment): LatchkeyProcess {
    const env = { PATH: process.env['PATH'], PORT: '0', ...environment };
    return new LatchkeyProcess(
      spawn('npm', ['start', '--ignore-scripts'], { env, stdio: ['ignore', 'pipe', 'pipe'] }),
    );
  }

  /** Launches it and waits until it is ready. */
  static async start(environment: TestEnvironment): Promise<LatchkeyProcess> {
    const server = LatchkeyProcess.launch(environment);
    await server.ready();
    return server;
  }

  ready(): Promise<void> {
    return this.says(/Latchkey is ready[\s\S]*http:\/\/\S+/);
  }

  /** Waits until it has said so. */
  async says(text: RegExp): Promise<void> {
    const hasSaid = () => this.output.search(text) >= 0;
    const outcome = await Promise.race([
      this.exited,
      new Promise<'said'>((resolve) => {
        const check = () => hasSaid() && resolve('said');
        this.child.stdout.on('data', check);
        check();
      }),
    ]);
    if (outcome !== 'said')
      throw new Error(`The server exited (${outcome.code}): ${this.errors}${this.output}`);
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('The server could not be started.');
    return this.child.pid;
  }

  get stdout(): string {
    return this.output;
  }

  get stderr(): string {
    return this.errors;
  }

  get url(): string {
    const [, url] = /(?:URL +|ready at )(http:\/\/[^\s"]+)/.exec(this.output) ?? [];
    if (url === undefined) throw new Error('The server has not said its URL yet.');
    return url;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Ends it, unless it has ended, and waits. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    return this.exited;
  }
}
