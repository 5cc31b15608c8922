import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { reasonOf } from '../../common/errors/without-parameters.js';
import { logEntry } from '../../common/log-entry.js';
import { untilSettled } from './until-settled.js';
import type { AuthEvent, AuthEventType } from './auth-event.js';

/** Calls of one listener that have not come to an end; beyond it, events are kept from it. */
export const UNFINISHED_MAX = 1_000;
/** How long a shutdown waits for listeners; milliseconds. */
const PATIENCE = 2_000;

/** What is done with an event. A promise that it returns is not waited for. */
export type AuthEventListener<Type extends AuthEventType = AuthEventType> = (
  event: AuthEvent<Type>,
) => unknown;

interface Subscription {
  readonly types: ReadonlySet<AuthEventType> | undefined;
  readonly tell: (event: AuthEvent) => unknown;
  unfinished: number;
  isKeptOut: boolean;
}

/**
 * Tells of what happened in this process, once it is committed and the request has gone on: listeners can neither delay nor
 * fail it. Each event is told once, to the listeners of that moment, and is not kept; what must not be lost belongs into the
 * transaction, by an `AuditSink`.
 */
@Injectable()
export class AuthEvents implements OnApplicationShutdown {
  private readonly logger = new Logger('AuthEvents');
  private readonly subscriptions = new Set<Subscription>();
  private readonly running = new Set<Promise<void>>();
  private waiting: AuthEvent[] = [];

  /**
   * @example events.on('user.registered', ({ subject }) => this.welcome(subject));
   * @returns what ends it
   */
  on<Type extends AuthEventType>(
    types: Type | readonly Type[],
    listener: AuthEventListener<Type>,
  ): () => void {
    const wanted = new Set<AuthEventType>([types].flat());
    return this.subscribe(wanted, (event) => listener(event as AuthEvent<Type>));
  }

  /** All that happens. @returns what ends it */
  onAny(listener: AuthEventListener): () => void {
    return this.subscribe(undefined, listener);
  }

  /** Whether an event of the type would be told to a listener; else none is made. */
  hears(type: AuthEventType): boolean {
    for (const { types } of this.subscriptions) if (!types || types.has(type)) return true;
    return false;
  }

  /** Tells the listeners, soon. To be overridden (with `hears`) where events go elsewhere; must not throw. */
  publish(event: AuthEvent): void {
    if (this.waiting.push(event) === 1) setImmediate(() => this.tellAll());
  }

  /** Waits a moment for what listeners do. */
  async onApplicationShutdown(): Promise<void> {
    this.tellAll();
    await untilSettled(this.running, PATIENCE);
    if (this.running.size > 0)
      this.logger.warn(`${this.running.size} calls of listeners have not come to an end.`);
  }

  private subscribe(
    types: ReadonlySet<AuthEventType> | undefined,
    tell: (event: AuthEvent) => unknown,
  ): () => void {
    const subscription = { types, tell, unfinished: 0, isKeptOut: false };
    this.subscriptions.add(subscription);
    return () => void this.subscriptions.delete(subscription);
  }

  private tellAll(): void {
    const events = this.waiting;
    this.waiting = [];
    for (const event of events) {
      for (const subscription of this.subscriptions) {
        if (subscription.types?.has(event.type) !== false) this.tell(subscription, event);
      }
    }
  }

  private tell(subscription: Subscription, event: AuthEvent): void {
    if (subscription.unfinished >= UNFINISHED_MAX) {
      if (!subscription.isKeptOut)
        this.logger.error(
          `A listener has ${UNFINISHED_MAX} unfinished calls: events are kept from it until it ends some.`,
        );
      subscription.isKeptOut = true;
      return;
    }
    try {
      const result = subscription.tell(event);
      if (isThenable(result)) this.follow(subscription, event, Promise.resolve(result));
    } catch (error) {
      this.complain(event, error);
    }
  }

  private follow(subscription: Subscription, event: AuthEvent, result: Promise<unknown>): void {
    subscription.unfinished += 1;
    const call = result
      .then(
        () => undefined,
        (error: unknown) => this.complain(event, error),
      )
      .finally(() => {
        subscription.unfinished -= 1;
        subscription.isKeptOut = false;
        this.running.delete(call);
      });
    this.running.add(call);
  }

  private complain({ type, client }: AuthEvent, error: unknown): void {
    this.logger.error(logEntry(`A listener of ${type} failed: ${reasonOf(error)}`, client));
  }
}

/** Builders of queries, which begin when they are awaited, are thenable, too. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
