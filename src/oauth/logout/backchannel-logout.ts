import { Injectable } from '@nestjs/common';
import type { OAuthClient } from '../clients/oauth-client.js';
import { PairwiseSubjects } from '../clients/pairwise-subjects.js';
import type { LogoutNotice } from './logout-notices.js';
import { LogoutPost } from './logout-post.js';
import { LogoutTokens } from './logout-tokens.js';

/** Tells a client, once, that a grant of its has ended (OpenID Connect Back-Channel Logout 1.0). */
@Injectable()
export class BackchannelLogout {
  constructor(
    private readonly tokens: LogoutTokens,
    private readonly post: LogoutPost,
    private readonly subjects: PairwiseSubjects,
  ) {}

  /** @throws LogoutNotAcceptedError; UnavailableError if no token can be signed */
  async tell(client: OAuthClient, uri: string, notice: LogoutNotice, abandon: AbortSignal): Promise<void> {
    const { clientId, sessionId } = notice;
    const subject = await this.subjects.subjectFor(client, notice.subject);
    const token = await this.tokens.sign({ clientId, subject, sessionId });
    await this.post.send(uri, token, abandon);
  }
}
