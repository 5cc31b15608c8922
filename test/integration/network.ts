import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type pg from 'pg';

export interface Network {
  readonly url: string;
  /** Cuts all connections without a word, as a failing host does. New ones work. */
  breakDown(): void;
  close(): void;
}

/** Another way to the same PostgreSQL, which can be cut. */
export async function openNetwork(target: string): Promise<Network> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(target);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.href,
    breakDown: () => {
      for (const socket of sockets) socket.resetAndDestroy();
      sockets.clear();
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Until so many connections to the same database wait for a lock. */
export async function untilWaiting(client: pg.Client, waiting: number): Promise<void> {
  const inDatabase = `datname = current_database() and wait_event_type = 'Lock'`;
  for (;;) {
    // Else a transaction sees the same activity each time it asks.
    await client.query('select pg_stat_clear_snapshot()');
    const result = await client.query(`select from pg_stat_activity where ${inDatabase}`);
    if (result.rowCount === waiting) return;
  }
}
