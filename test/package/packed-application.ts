import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { makeTemporaryDirectory } from '../support/services/temporary-directory.js';
import { copyInstallation } from './copy-installation.js';
import { sharedByRun } from './shared-by-run.js';
import { TYPESCRIPT_7 } from './typescript.js';

const run = promisify(execFile);

/** What `npm pack` says of the tarball. */
export interface Tarball {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

interface Ended {
  readonly code: number;
  readonly output: string;
}

/** Without what this alone installs, which is what the tests of the package itself have. */
const BASE = ['@nestjs/platform-express@12', '@types/node@20'];

const COMPILER_OPTIONS = {
  target: 'ES2023',
  module: 'nodenext',
  types: ['node'],
  rootDir: '.',
  outDir: 'dist',
  strict: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  skipLibCheck: false,
};

/** An application outside the repository, to whose dependencies the packed tarball belongs. */
export class PackedApplication {
  private constructor(
    readonly tarball: Tarball,
    readonly path: string,
    /** Where its dependencies are: its own directory, or one above. */
    private readonly root: string,
  ) {}

  /**
   * One with Latchkey, Express and the types of Node, which are installed once a run.
   * @param packages what it has in a `node_modules` of its own, as npm takes them, without what these want of the application
   */
  static async create(...packages: readonly string[]): Promise<PackedApplication> {
    const root = await installBase();
    const path = mkdtempSync(join(root, 'application-'));
    describeApplication(path);
    if (packages.length > 0) await install(path, ['--legacy-peer-deps', ...packages]);
    return new PackedApplication((await pack()).tarball, path, root);
  }

  /**
   * One of several in the repository, which are installed together, once a run: each is a workspace with its own package.json.
   * @param folder of all of them, and the name of their installation
   */
  static async ofWorkspace(folder: string, all: readonly string[], name: string): Promise<PackedApplication> {
    const { tarball, path: packed } = await pack();
    const root = await sharedByRun(folder, async (directory) => {
      copyInstallation(await installBase(), directory);
      for (const each of all) {
        cpSync(join(folder, each), join(directory, each), { recursive: true, filter: isOfRepository });
        cpSync(packed, join(directory, each, tarball.filename));
      }
      describeApplication(directory, { workspaces: all });
      await install(directory, []);
    });
    return new PackedApplication(tarball, join(root, name), root);
  }

  /**
   * One with an installation of its own.
   * @param packages what it installs beside Latchkey, or in place of what others have, as npm takes them
   */
  static async install(...packages: readonly string[]): Promise<PackedApplication> {
    const { tarball } = await pack();
    const path = makeTemporaryDirectory('application');
    copyInstallation(await installBase(), path);
    await install(path, packages);
    return new PackedApplication(tarball, path, path);
  }

  /** The packages beside Latchkey, and in it; not those of the application alone. */
  installed(): string[] {
    const lock = JSON.parse(readFileSync(join(this.root, 'node_modules/.package-lock.json'), 'utf8')) as {
      readonly packages: Record<string, unknown>;
    };
    return Object.keys(lock.packages).map((path) => path.replace(/^node_modules\//, ''));
  }

  write(path: string, source: string): void {
    mkdirSync(dirname(join(this.path, path)), { recursive: true });
    writeFileSync(join(this.path, path), source);
  }

  /**
   * Compiles sources as those of a new application of NestJS, and checks the declarations of libraries, too.
   * @param folders which it has; what is made of them is in `dist`
   */
  async compile(...folders: readonly string[]): Promise<void> {
    this.write('package.json', JSON.stringify({ name: 'application', private: true, type: 'module' }));
    this.write('tsconfig.json', JSON.stringify({ compilerOptions: COMPILER_OPTIONS, include: folders }));
    await this.node(TYPESCRIPT_7);
  }

  /**
   * Runs a file by this Node.
   * @returns what it wrote to standard output
   * @throws Error with it if it fails, as compilers tell there what is wrong
   */
  async node(...args: readonly string[]): Promise<string> {
    try {
      return (await run(process.execPath, args, { cwd: this.path })).stdout;
    } catch (error) {
      const { message, stdout = '' } = error as Error & { readonly stdout?: string };
      throw new Error(`${message}\n${stdout}`, { cause: error });
    }
  }

  /** Runs it with more in the environment, and without colours. @returns how it ended, and all it wrote */
  run(args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Ended> {
    return this.execute(process.execPath, args, environment);
  }

  /** Runs a command of an installed package, as `npx` does. */
  command(
    name: string,
    args: readonly string[],
    environment?: Readonly<Record<string, string>>,
  ): Promise<Ended> {
    return this.execute(join(this.root, 'node_modules/.bin', name), args, environment);
  }

  private async execute(
    file: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Ended> {
    // What Jest says of itself, and of colours, is not for other runners.
    const { FORCE_COLOR: _colors, NODE_OPTIONS: _options, JEST_WORKER_ID: _worker, ...own } = process.env;
    const env = { ...own, NODE_ENV: 'test', NO_COLOR: '1', ...environment };
    return new Promise((resolve) => {
      const child = execFile(
        file,
        args,
        { cwd: this.path, env, maxBuffer: 64 * 1024 * 1024 },
        (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
      );
    });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

function describeApplication(path: string, more: object = {}): void {
  writeFileSync(join(path, 'package.json'), JSON.stringify({ name: 'application', private: true, ...more }));
}

/** Not what was installed or built there by hand. */
function isOfRepository(path: string): boolean {
  return !/[/\\](node_modules|dist|data|.*\.tgz)$/.test(path);
}

async function install(path: string, packages: readonly string[]): Promise<void> {
  const quietly = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'];
  await run('npm', ['install', ...quietly, ...packages], { cwd: path });
}

/** Latchkey, Express and the types of Node, once a run. @returns where they are */
async function installBase(): Promise<string> {
  return sharedByRun('packed', async (directory) => {
    describeApplication(directory);
    await install(directory, [(await pack()).path, ...BASE]);
  });
}

/** Once a run. */
async function pack(): Promise<{ readonly tarball: Tarball; readonly path: string }> {
  const directory = await sharedByRun('tarball', async (destination) => {
    const options = ['--json', '--ignore-scripts', '--pack-destination', destination];
    const { stdout } = await run('npm', ['pack', ...options]);
    writeFileSync(join(destination, 'packed.json'), stdout);
  });
  const packed = JSON.parse(readFileSync(join(directory, 'packed.json'), 'utf8')) as Record<string, Tarball>;
  const [tarball] = Object.values(packed);
  if (!tarball) throw new Error('npm packed nothing.');
  return { tarball, path: join(directory, tarball.filename) };
}
