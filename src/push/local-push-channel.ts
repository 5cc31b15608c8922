import { PushChannel } from './push-channel.js';

/** The embedded database has one process, and that knows what it does. */
export class LocalPushChannel extends PushChannel {
  readonly connected = true;

  publish(): Promise<void> {
    return Promise.resolve();
  }
}
