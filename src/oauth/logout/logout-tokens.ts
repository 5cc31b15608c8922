import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock, toNumericDate } from '../../common/clock.js';
import { TokensConfig } from '../../config/config.js';
import { SigningKeys } from '../../tokens/keys/signing-keys.js';

/** Seconds. It is used at once, and made anew for each attempt. */
const LIFETIME = 120;
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** What a logout token tells of. */
export interface EndedGrant {
  readonly clientId: string;
  /** As the client knows the user. */
  readonly subject: string;
  readonly sessionId: string;
}

/** Logout tokens (OpenID Connect Back-Channel Logout 1.0 section 2.4), signed by the key of access tokens. */
@Injectable()
export class LogoutTokens {
  constructor(
    private readonly keys: SigningKeys,
    private readonly config: TokensConfig,
    private readonly clock: Clock,
  ) {}

  /** @throws UnavailableError if what signs elsewhere does not */
  async sign({ clientId, subject, sessionId }: EndedGrant): Promise<string> {
    const { current } = this.keys;
    const iat = toNumericDate(this.clock.now());
    const header = { alg: current.alg, typ: 'logout+jwt', kid: current.kid };
    const claims = {
      iss: this.config.issuer,
      aud: clientId,
      iat,
      exp: iat + LIFETIME,
      jti: randomUUID(),
      sub: subject,
      sid: sessionId,
      events: { [EVENT]: {} },
    };
    const input = `${encoded(header)}.${encoded(claims)}`;
    const signature = await current.signature(Buffer.from(input));
    return `${input}.${signature.toString('base64url')}`;
  }
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
