import { callbackify } from 'node:util';
import pg from 'pg';
import type { PostgresServer, PostgresServers } from './postgres-servers.js';
import { IS_READ_ONLY, READ_ONLY, refuseReadOnly } from './read-only.js';

/** It shuts down, is starting, or is recovering. Another refusal, e.g. of a password, is the same on each server. */
const NOT_NOW = /^57P/;

const CHECKS = {
  any: undefined,
  'read-write': `select current_setting('transaction_read_only') = 'on' as refused`,
  primary: 'select pg_is_in_recovery() as refused',
};

/** A server was reached that is not of the role that `target_session_attrs` asks for. */
class WrongRoleError extends Error {
  /** As PostgreSQL refuses a write there. */
  readonly code = READ_ONLY;

  constructor(role: string) {
    super(`it takes no writes (target_session_attrs=${role})`);
    this.name = 'WrongRoleError';
  }
}

type Connected = (error: Error | null, client?: pg.Client) => void;

/** A connection to the server whose turn it is. One that breaks while it is idle is told by its `end`, never thrown. */
export class ServerClient extends pg.Client {
  private readonly servers: PostgresServers;
  private readonly server: PostgresServer;
  private readonly demotions: number;

  constructor(servers: PostgresServers, config: pg.ClientConfig = {}) {
    const server = servers.next();
    // Time is limited below, for the server's answer about its role, too.
    super({ ...config, connectionString: server.url, connectionTimeoutMillis: 0 });
    this.servers = servers;
    this.server = server;
    this.demotions = server.demotions;
    this.on('error', () => undefined);
    // Wherever a statement is sent from: a transaction of Drizzle's gives its connection back as if all were well.
    this.connection.on('errorMessage', (error: { code?: string }) => {
      if (error.code === READ_ONLY) servers.demoted(server, error);
    });
  }

  /** Its server has been demoted since. */
  get isStale(): boolean {
    return this.server.demotions !== this.demotions;
  }

  /** @throws ServerPassedOverError if another server may do better */
  override connect(): Promise<pg.Client>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<pg.Client> | void {
    if (!callback) return this.open();
    callbackify(() => this.open())(callback);
  }

  /** @throws Error if the server does not answer, or is no longer of its role */
  async check(): Promise<void> {
    const { role } = this.servers.target;
    const check = CHECKS[role];
    if (check === undefined) return void (await this.query('select 1'));
    const { rows } = await this.query<{ refused: boolean }>(check);
    if (rows[0]?.refused === false) return;
    const error = new WrongRoleError(role);
    this.servers.demoted(this.server, error);
    throw error;
  }

  /** @throws ReadOnlyDatabaseError if its server takes no writes; as when it refuses one, others are tried first then */
  async refuseReadOnly(): Promise<void> {
    const { rows } = await this.query<{ readOnly: boolean }>(IS_READ_ONLY);
    try {
      refuseReadOnly(rows);
    } catch (error) {
      this.servers.demoted(this.server, error);
      throw error;
    }
  }

  private async open(): Promise<pg.Client> {
    const { role, connectTimeout } = this.servers.target;
    const { stream } = this.connection;
    const timer = setTimeout(() => stream.destroy(new Error('timeout expired')), connectTimeout);
    try {
      await super.connect();
      if (role !== 'any') await this.check();
    } catch (error) {
      this.connection.stream.destroy();
      throw leadsElsewhere(error) ? this.servers.failed(this.server, error) : error;
    } finally {
      clearTimeout(timer);
    }
    this.servers.served(this.server);
    return this;
  }
}

/** A new connection to the first server that serves, in their order. */
export async function connectToServer(
  servers: PostgresServers,
  config: pg.ClientConfig,
): Promise<ServerClient> {
  const failures: Error[] = [];
  for (;;) {
    const client = new ServerClient(servers, config);
    try {
      // oxlint-disable-next-line eslint/no-await-in-loop -- in order
      await client.connect();
      return client;
    } catch (error) {
      failures.push(error as Error);
      const verdict = servers.verdict(failures);
      if (verdict) throw verdict;
    }
  }
}

function leadsElsewhere(error: unknown): boolean {
  return !(error instanceof pg.DatabaseError) || NOT_NOW.test(error.code ?? '');
}
