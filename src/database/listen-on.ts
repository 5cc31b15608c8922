import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { type Listening, NotificationsLostError } from './database.js';
import type { DatabaseClient } from './postgres-pool.js';

/** How often a listening connection is tried, and how long it may take to answer; milliseconds. */
export const HEARTBEAT = 2_000;

/** Who listens, and who is heard. */
interface Ear {
  /** Open, for nothing else, and closed with what listens. */
  readonly client: pg.Client;
  /** Rejects if the connection is of no use any more. */
  readonly check: () => Promise<unknown>;
  /** Another connection: a pooler that hands connections on gives what arrives to any client, or to none. */
  readonly notifier: DatabaseClient;
}

interface Listener {
  readonly channel: string;
  readonly notified: (payload: string) => void;
  /** Called once if the connection breaks. */
  readonly lost: () => void;
}

/** @throws NotificationsLostError if what is notified does not arrive */
export async function listenOn(
  { client, check, notifier }: Ear,
  { channel, notified, lost }: Listener,
): Promise<Listening> {
  const probe = `probe ${randomUUID()}`;
  let probed = (): void => undefined;
  const arrival = new Promise<void>((resolve) => (probed = resolve));
  client.on('notification', ({ payload = '' }) => (payload === probe ? probed() : notified(payload)));
  try {
    await client.query(`listen ${client.escapeIdentifier(channel)}`);
    await notifier.query('select pg_notify($1, $2)', [channel, probe]);
    await within(HEARTBEAT, arrival);
  } catch (error) {
    await client.end();
    throw error;
  }
  // A connection that died without a word would never tell, nor a server that was demoted.
  const heartbeat = setInterval(() => {
    check().catch(() => client.end());
  }, HEARTBEAT).unref();
  // It follows an error, and also a clean close by the server.
  client.once('end', () => {
    clearInterval(heartbeat);
    lost();
  });
  return {
    close: async () => {
      client.removeAllListeners('end');
      clearInterval(heartbeat);
      await client.end();
    },
  };
}

async function within(milliseconds: number, arrival: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NotificationsLostError()), milliseconds);
  });
  await Promise.race([arrival, late]).finally(() => clearTimeout(timer));
}
