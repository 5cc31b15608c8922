import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ApiClient } from '../../support/api-client.js';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import { createDatabase, haproxy, type TestDatabase } from '../../support/services/available.js';
import { freePort } from '../../support/services/free-port.js';
import { createMigratedDatabase } from '../../support/services/migrated-database.js';
import { startHaproxy } from '../../support/services/start-haproxy.js';
import { startRedisServer } from '../../support/services/start-redis.js';
import { temporaryDirectory, type TestEnvironment, testEnvironment } from '../../support/test-config.js';
import { eventually } from '../support/eventually.js';

const textOf = (path: string) =>
  readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8');
const CONFIGURATION = textOf('deploy/haproxy.cfg');
const [, SHUTDOWN_DELAY = ''] = /SHUTDOWN_DELAY: (\S+)/.exec(textOf('compose.yaml')) ?? [];

/** An instance that can be replaced: all that differs from the others is its port. */
class Instance {
  private process: LatchkeyProcess | undefined;

  constructor(
    readonly name: string,
    private readonly environment: TestEnvironment,
    readonly port: number,
  ) {}

  get running(): LatchkeyProcess {
    if (!this.process) throw new Error('The instance has not been started.');
    return this.process;
  }

  get api(): ApiClient {
    return new ApiClient(`http://127.0.0.1:${this.port}`);
  }

  async kill(): Promise<void> {
    await this.process?.stop('SIGKILL');
  }

  /** @param main of another version */
  async start(main?: string): Promise<void> {
    this.process = LatchkeyProcess.launch({ ...this.environment, PORT: String(this.port) }, [], main);
    await this.process.ready();
  }
}

/**
 * Two instances on one PostgreSQL and one Redis behind HAProxy, which is configured as `deploy/haproxy.cfg` has it but for the
 * addresses; they stop as those of `compose.yaml` do.
 */
export class RunningInstallation {
  private constructor(
    readonly database: TestDatabase,
    readonly instances: readonly [Instance, Instance],
    /** Through HAProxy. */
    readonly url: string,
    private readonly statusUrl: string,
    private readonly end: () => Promise<void>,
  ) {}

  /**
   * @param settings
   * @param main of another version, which starts on an empty database
   */
  static async start(settings: TestEnvironment = {}, main?: string): Promise<RunningInstallation> {
    if (!haproxy?.path)
      throw new Error('There is no HAProxy in this run: put the test in describeWithHaproxy.');
    const directory = temporaryDirectory();
    const [database, redis] = await Promise.all([
      main === undefined ? createMigratedDatabase() : createDatabase(),
      startRedisServer(),
    ]);
    const [first, second, entry, status] = await Promise.all([
      freePort(),
      freePort(),
      freePort(),
      freePort(),
    ]);
    const environment = testEnvironment(directory.path, {
      DATABASE_URL: `${database.url}?connect_timeout=30`,
      REDIS_URL: redis.url,
      PUBLIC_URL: `http://localhost:${entry}`,
      TRUST_PROXY: '127.0.0.1',
      SHUTDOWN_DELAY,
      ...settings,
    });
    const instances = [
      new Instance('latchkey-1', environment, first),
      new Instance('latchkey-2', environment, second),
    ] as const;
    const configuration = CONFIGURATION.replace('bind :8080', `bind 127.0.0.1:${entry}`)
      .replace('bind 127.0.0.1:8404', `bind 127.0.0.1:${status}`)
      .replace('latchkey-1:3000', `127.0.0.1:${first}`)
      .replace('latchkey-2:3000', `127.0.0.1:${second}`);
    const statusUrl = `http://127.0.0.1:${status}/;csv`;
    const proxy = await startHaproxy(haproxy.path, configuration, statusUrl);
    const end = async () => {
      await proxy.stop();
      await Promise.all(instances.map((instance) => instance.kill()));
      await redis.stop();
      await database.drop();
      directory.remove();
    };
    const url = `http://127.0.0.1:${entry}`;
    const installation = new RunningInstallation(database, instances, url, statusUrl, end);
    try {
      await Promise.all(instances.map((instance) => instance.start(main)));
      for (const instance of instances) await installation.untilUsed(instance);
    } catch (error) {
      await end();
      throw error;
    }
    return installation;
  }

  get api(): ApiClient {
    return new ApiClient(this.url);
  }

  get issuer(): string {
    return this.url.replace('127.0.0.1', 'localhost');
  }

  /** Until HAProxy sends it requests. */
  async untilUsed({ name }: Instance): Promise<void> {
    await eventually(async () => {
      if (!new RegExp(`^latchkey,${name},.*,UP,`, 'm').test(await this.statistics()))
        throw new Error(`${name} is not used yet.`);
    });
  }

  /** @returns how many sessions HAProxy has had with each instance (`stot`) */
  async sessionsOfEach(): Promise<number[]> {
    const [head = [], ...rows] = (await this.statistics()).split('\n').map((line) => line.split(','));
    const column = head.indexOf('stot');
    return this.instances.map(({ name }) => {
      const row = rows.find(([proxy, server]) => proxy === 'latchkey' && server === name);
      return Number(row?.[column]);
    });
  }

  private async statistics(): Promise<string> {
    return (await fetch(this.statusUrl)).text();
  }

  stop(): Promise<void> {
    return this.end();
  }
}
