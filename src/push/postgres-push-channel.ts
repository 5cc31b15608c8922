import { createHash } from 'node:crypto';
import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { type DatabaseConnection, type Listening, NotificationsLostError } from '../database/database.js';
import { PushChannel } from './push-channel.js';

const RECONNECT_AFTER = 500;
/** A pooler is not replaced often. */
const TRY_POOLER_AFTER = 60_000;

/** `LISTEN` and `NOTIFY` on a connection of its own; behind a pooler that hands connections on it knows that nothing arrives. */
export class PostgresPushChannel extends PushChannel implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Push');
  private listening: Listening | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private reported = false;

  constructor(private readonly connection: DatabaseConnection) {
    super();
  }

  /** A name of PostgreSQL's `LISTEN`, which counts for the whole database: one for each installation in it. */
  private get channel(): string {
    const { schema } = this.connection;
    // That of earlier versions, which may still run beside this one; a name of a schema may be too long.
    if (schema === 'public') return 'latchkey';
    return `latchkey_${createHash('sha256').update(schema).digest('hex').slice(0, 32)}`;
  }

  get connected(): boolean {
    return this.listening !== undefined;
  }

  async onModuleInit(): Promise<void> {
    await this.connect();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.listening?.close();
  }

  async publish(topic: string, message: string): Promise<void> {
    const payload = JSON.stringify([topic, message]);
    await this.connection.db
      .execute(sql`select pg_notify(${this.channel}, ${payload})`)
      .catch(() => undefined);
  }

  private async connect(): Promise<void> {
    try {
      const listening = await this.connection.listen(
        this.channel,
        (payload) => this.read(payload),
        () => this.lost(),
      );
      if (this.stopped) return await listening.close();
      this.listening = listening;
      if (this.reported) this.logger.log('Messages of other instances arrive again.');
      this.reported = false;
      this.reportGap();
    } catch (error) {
      this.lost(error instanceof NotificationsLostError ? TRY_POOLER_AFTER : RECONNECT_AFTER);
    }
  }

  private lost(reconnectAfter = RECONNECT_AFTER): void {
    this.listening = undefined;
    if (this.stopped) return;
    if (!this.reported)
      this.logger.warn('Messages of other instances do not arrive; the store is read instead.');
    this.reported = true;
    this.timer = setTimeout(() => void this.connect(), reconnectAfter).unref();
  }

  private read(payload: string): void {
    const [topic, message] = parse(payload);
    if (topic !== undefined && message !== undefined) this.receive(topic, message);
  }
}

/** Any client with the database's password may notify. */
function parse(payload: string): (string | undefined)[] {
  try {
    const parts: unknown = JSON.parse(payload);
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string') ? parts : [];
  } catch {
    return [];
  }
}
