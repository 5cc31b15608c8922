import pg from 'pg';
import type { PostgresServers } from './postgres-servers.js';
import { ServerClient } from './server-client.js';

type Acquired = Extract<Parameters<pg.Pool['connect']>, readonly [unknown]>[0];

/** A pool whose new connections go to the first server that serves, and which hands out none to one that was demoted. */
export class ServerPool extends pg.Pool {
  constructor(
    private readonly servers: PostgresServers,
    config: pg.PoolConfig,
  ) {
    super({
      ...config,
      connectionTimeoutMillis: servers.target.connectTimeout,
      Client: class extends ServerClient {
        constructor(options?: pg.ClientConfig) {
          super(servers, options);
        }
      },
    });
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Acquired): void;
  override connect(callback?: Acquired): Promise<pg.PoolClient> | void {
    if (callback) return this.acquire(callback, []);
    return new Promise((resolve, reject) => {
      this.acquire((error, client) => (client ? resolve(client) : reject(error ?? new Error())), []);
    });
  }

  /**
   * That a server answers and takes writes. A connection to one that does not is closed, so that a name is looked up anew.
   * @throws ReadOnlyDatabaseError
   */
  async ping(): Promise<void> {
    const client = await this.connect();
    try {
      if (client instanceof ServerClient) await client.refuseReadOnly();
    } catch (error) {
      client.release(true);
      throw error;
    }
    client.release();
  }

  private acquire(callback: Acquired, failures: Error[]): void {
    super.connect((error, client, release) => {
      if (error) {
        const verdict = this.servers.verdict([...failures, error]);
        if (verdict) return callback(verdict, undefined, release);
        return this.acquire(callback, [...failures, error]);
      }
      if (client instanceof ServerClient && client.isStale) {
        release(true);
        return this.acquire(callback, failures);
      }
      callback(undefined, client, release);
    });
  }
}
