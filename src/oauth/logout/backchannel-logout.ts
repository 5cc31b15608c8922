import { Injectable } from '@nestjs/common';
import type { LogoutNotice } from './logout-notices.js';
import { LogoutPost } from './logout-post.js';
import { LogoutTokens } from './logout-tokens.js';

/** Tells a client, once, that a grant of its has ended (OpenID Connect Back-Channel Logout 1.0). */
@Injectable()
export class BackchannelLogout {
  constructor(
    private readonly tokens: LogoutTokens,
    private readonly post: LogoutPost,
  ) {}

  /** @throws LogoutNotAcceptedError; UnavailableError if no token can be signed */
  async tell(
    uri: string,
    { clientId, subject, sessionId }: LogoutNotice,
    abandon: AbortSignal,
  ): Promise<void> {
    const token = await this.tokens.sign({ clientId, subject, sessionId });
    await this.post.send(uri, token, abandon);
  }
}
