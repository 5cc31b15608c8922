import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { PackedApplication } from './packed-application.js';

interface Answer {
  readonly status: number;
  /** Empty where it is no JSON. */
  readonly body: Readonly<Record<string, string>>;
}

/** A server of an application outside the repository, as its callers find it. */
export class ServedApplication {
  private ended = false;

  private constructor(
    private readonly process: ChildProcessByStdio<null, Readable, null>,
    readonly url: string,
    /** What it printed until it listened. */
    readonly printed: string,
  ) {}

  /**
   * @param file that prints where it listens
   * @param environment beside the port, which is a free one
   * @throws Error if it ends before
   */
  static start(
    application: PackedApplication,
    file: string,
    environment: Readonly<Record<string, string | undefined>> = {},
  ): Promise<ServedApplication> {
    return ServedApplication.run(application, process.execPath, [file], environment);
  }

  /** The same by `npm start`, whose process is then the one that `stop` ends. */
  static npmStart(application: PackedApplication): Promise<ServedApplication> {
    return ServedApplication.run(application, 'npm', ['start', '--silent'], {});
  }

  private static async run(
    application: PackedApplication,
    command: string,
    args: readonly string[],
    environment: Readonly<Record<string, string | undefined>>,
  ): Promise<ServedApplication> {
    let printed = '';
    const child = spawn(command, args, {
      cwd: application.path,
      env: { PATH: process.env['PATH'], PORT: '0', ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface(child.stdout)) {
      printed += `${line}\n`;
      const [url] = /http:\/\/\S+/.exec(line) ?? [];
      if (url === undefined) continue;
      child.stdout.resume();
      return new ServedApplication(child, url, printed);
    }
    throw new Error(`${[command, ...args].join(' ')} ended before it listened`);
  }

  get(path: string, token?: string): Promise<Answer> {
    return this.send(path, {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
  }

  post(path: string, body: object = {}, token?: string): Promise<Answer> {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const headers = { 'content-type': 'application/json', ...authorization };
    return this.send(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  /** Resolves once all of its processes have ended. */
  async stop(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    this.process.kill();
    await once(this.process, 'close');
  }

  private async send(path: string, init: RequestInit): Promise<Answer> {
    const response = await fetch(this.url + path, init);
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, body: isJson ? ((await response.json()) as Answer['body']) : {} };
  }
}
