import { Worker } from 'node:worker_threads';
import pg from 'pg';
import { LogoutSender } from '../../../src/oauth/logout/logout-sender.js';

/** What happens beside requests: reading what others revoked, sending mails, and telling others what was counted. */
const BESIDE =
  /^(select|insert into) .*"revocations"|^(update|delete from) "mail_outbox"|"rate_limits"|notify|select 1$|signing_keys/is;

/** What is sent to a database on behalf of requests: each a round trip. */
export class Statements {
  readonly texts: string[] = [];
  private readonly restorers: (() => void)[] = [];

  constructor() {
    this.watchPostgres();
    this.watchEmbedded();
    this.holdLogoutSender();
  }

  private watchPostgres(): void {
    const { texts } = this;
    // oxlint-disable-next-line typescript/unbound-method -- called with the client it is called on
    const original = pg.Client.prototype.query as (this: pg.Client, ...args: unknown[]) => unknown;
    pg.Client.prototype.query = function query(this: pg.Client, ...args: unknown[]): never {
      const [sent] = args;
      texts.push(typeof sent === 'string' ? sent : ((sent as { text?: string }).text ?? ''));
      return original.apply(this, args) as never;
    };
    this.restorers.push(() => {
      pg.Client.prototype.query = original as typeof pg.Client.prototype.query;
    });
  }

  /** Its thread is asked by messages. */
  private watchEmbedded(): void {
    const { texts } = this;
    // oxlint-disable-next-line typescript/unbound-method -- called with the worker it is called on
    const original = Worker.prototype.postMessage as (this: Worker, ...args: unknown[]) => void;
    Worker.prototype.postMessage = function postMessage(this: Worker, ...args: unknown[]): void {
      const [{ task }] = args as [{ task?: { kind?: string; sql?: string } }];
      if (task?.kind !== undefined) texts.push(task.sql ?? task.kind);
      original.apply(this, args);
    };
    this.restorers.push(() => {
      Worker.prototype.postMessage = original as typeof Worker.prototype.postMessage;
    });
  }

  /** What it looks for in the background would come between: it runs when a test has it run, which counts that by itself. */
  private holdLogoutSender(): void {
    // oxlint-disable-next-line typescript/unbound-method -- put back as it was
    const original = LogoutSender.prototype.onApplicationBootstrap;
    LogoutSender.prototype.onApplicationBootstrap = () => {};
    this.restorers.push(() => {
      LogoutSender.prototype.onApplicationBootstrap = original;
    });
  }

  restore(): void {
    for (const restore of this.restorers) restore();
  }

  async of(request: () => Promise<{ status: number }>): Promise<string[]> {
    this.texts.length = 0;
    const { status } = await request();
    if (status >= 300) throw new Error(`The request was answered ${status}.`);
    return this.texts.filter((text) => !BESIDE.test(text));
  }
}
