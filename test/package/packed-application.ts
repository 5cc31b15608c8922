import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What `npm pack` says of the tarball. */
export interface Tarball {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

/** An application outside the repository, to whose dependencies the packed tarball belongs. */
export class PackedApplication {
  private constructor(
    readonly tarball: Tarball,
    readonly path: string,
    private readonly directory: string,
  ) {}

  /** @param packages what it installs beside Latchkey, as npm takes them */
  static async install(...packages: readonly string[]): Promise<PackedApplication> {
    const directory = mkdtempSync(join(tmpdir(), 'latchkey-package-'));
    const path = join(directory, 'application');
    mkdirSync(path);
    writeFileSync(join(path, 'package.json'), JSON.stringify({ name: 'application', private: true }));
    const { stdout } = await run('npm', [
      'pack',
      '--json',
      '--ignore-scripts',
      '--pack-destination',
      directory,
    ]);
    const [tarball] = Object.values(JSON.parse(stdout) as Record<string, Tarball>);
    if (!tarball) throw new Error('npm packed nothing.');
    const quietly = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'];
    await run('npm', ['install', ...quietly, join(directory, tarball.filename), ...packages], { cwd: path });
    return new PackedApplication(tarball, path, directory);
  }

  /** The packages in the application's own `node_modules`, and in Latchkey's. */
  installed(): string[] {
    const lock = JSON.parse(readFileSync(join(this.path, 'node_modules/.package-lock.json'), 'utf8')) as {
      readonly packages: Record<string, unknown>;
    };
    return Object.keys(lock.packages).map((path) => path.replace(/^node_modules\//, ''));
  }

  write(path: string, source: string): void {
    mkdirSync(dirname(join(this.path, path)), { recursive: true });
    writeFileSync(join(this.path, path), source);
  }

  /** Runs a file by this Node. @returns what it wrote to standard output */
  async node(...args: readonly string[]): Promise<string> {
    return (await run(process.execPath, args, { cwd: this.path })).stdout;
  }

  /** Runs it with more in the environment, and without colours. @returns how it ended, and all it wrote */
  async run(
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly code: number; readonly output: string }> {
    // What Jest says of itself, and of colours, is not for other runners.
    const { FORCE_COLOR: _colors, NODE_OPTIONS: _options, JEST_WORKER_ID: _worker, ...own } = process.env;
    const env = { ...own, NODE_ENV: 'test', NO_COLOR: '1', ...environment };
    return new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        args,
        { cwd: this.path, env, maxBuffer: 64 * 1024 * 1024 },
        (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
      );
    });
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
