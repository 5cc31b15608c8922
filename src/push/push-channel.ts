/**
 * Hears what other instances tell.
 * @param message undefined: messages may have been missed, so what they would have told has to be read
 */
export type PushListener = (message: string | undefined) => void;

/**
 * Messages between the instances of one installation, at most once each: each listener also reads the store from time
 * to time. Messages hold no secrets.
 */
export abstract class PushChannel {
  private readonly listeners = new Map<string, PushListener[]>();

  /** Whether the messages of other instances arrive right now; true where there are no others. */
  abstract readonly connected: boolean;

  /** Tells the other instances, after what it tells of was committed. Never rejects: it may be lost. */
  abstract publish(topic: string, message: string): Promise<void>;

  /** Listens for as long as the channel is open. */
  subscribe(topic: string, listener: PushListener): void {
    this.listeners.set(topic, [...(this.listeners.get(topic) ?? []), listener]);
  }

  /** Those that are listened for. */
  protected get topics(): Iterable<string> {
    return this.listeners.keys();
  }

  /** For a channel to call with what has arrived on a topic. */
  protected receive(topic: string, message: string): void {
    for (const listener of this.listeners.get(topic) ?? []) listener(message);
  }

  /** After the connection was lost and is there again. */
  protected reportGap(): void {
    for (const listener of [...this.listeners.values()].flat()) listener(undefined);
  }
}
