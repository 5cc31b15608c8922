import { PushChannel } from '../../push/push-channel.js';
import { encodeRevocation, type Revocation, REVOCATIONS_TOPIC } from '../../tokens/revocation/revocation.js';

/** Tells applications in this process what their issuer has revoked, before `revoke` is done. */
export class IssuerPush extends PushChannel {
  readonly connected = true;

  publish(): Promise<void> {
    return Promise.resolve();
  }

  tell(revocation: Revocation): void {
    this.receive(REVOCATIONS_TOPIC, encodeRevocation(revocation));
  }
}
