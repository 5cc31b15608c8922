import { Injectable } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import { Clock } from '../../common/clock.js';
import { TokensConfig } from '../../config/config.js';
import type { Session } from '../../tokens/sessions/session.js';
import type { SessionPosition } from '../../tokens/sessions/session-page.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import { OAuthArtifacts } from '../artifacts/oauth-artifacts.js';
import type { OAuthClient } from '../clients/oauth-client.js';
import { OAuthClients } from '../clients/oauth-clients.js';
import { type BrowserSession, BrowserSessions } from '../provider/browser-sessions.js';
import { LOGOUT_REQUEST, type LogoutRequestRecord } from '../provider/logout-flow.js';

/** A logout that a client asked for. */
export interface LogoutRequest {
  /** As its address has it. */
  readonly id: string;
  /** Who asks; undefined: that is not said. */
  readonly client: OAuthClient | undefined;
  /** Where the browser is sent afterwards. */
  readonly redirectUri: string | undefined;
  /** The session that the client's grant is, by its ID token. */
  readonly sid: string | undefined;
}

/** Of a user's sessions so many are read at once. */
const READ_AT_ONCE = 200;

/** Logouts that clients asked for, which wait for a person or for nothing. */
@Injectable()
export class LogoutRequests {
  constructor(
    private readonly artifacts: OAuthArtifacts,
    private readonly clients: OAuthClients,
    private readonly sessions: SessionsService,
    private readonly browsers: BrowserSessions,
    private readonly config: TokensConfig,
    private readonly clock: Clock,
  ) {}

  /** @returns undefined if there is none, or its time is over */
  async find(id: string): Promise<LogoutRequest | undefined> {
    const found = await this.artifacts.find(LOGOUT_REQUEST, id);
    const record = found?.payload as LogoutRequestRecord | undefined;
    if (!record || record.until <= this.clock.now()) return undefined;
    const { clientId, redirectUri, sid } = record;
    const client = clientId === undefined ? undefined : await this.clients.find(clientId);
    return { id, client, redirectUri, sid };
  }

  /** Whether the client showed an ID token of the session that is signed in with this browser, so that nothing has to be asked. */
  async isOwn({ sid }: LogoutRequest, request: HttpRequest): Promise<boolean> {
    const browser = sid === undefined ? undefined : await this.browsers.of(request);
    if (!browser || sid === undefined) return false;
    const granted = await this.sessions.find(sid);
    return granted?.parentId === browser.id && granted.subject === browser.subject;
  }

  /**
   * Pages of clients that are told in the browser when its session ends (OpenID Connect Front-Channel Logout 1.0).
   * @returns their addresses, with `iss` and `sid`: one of each grant
   */
  async framesOf(request: HttpRequest): Promise<string[]> {
    const browser = await this.browsers.of(request);
    if (!browser) return [];
    const granted = await this.grantedIn(browser);
    const frames = await Promise.all(granted.map((session) => this.frameOf(session)));
    return frames.filter((frame) => frame !== undefined);
  }

  private async grantedIn(browser: BrowserSession, after?: SessionPosition): Promise<Session[]> {
    const open = await this.sessions.listOpen(browser.subject, { limit: READ_AT_ONCE, after });
    const granted = open.filter(({ parentId }) => parentId === browser.id);
    const last = open.length < READ_AT_ONCE ? undefined : open.at(-1);
    return last ? [...granted, ...(await this.grantedIn(browser, last))] : granted;
  }

  private async frameOf({ id, clientId }: Session): Promise<string | undefined> {
    const client = clientId === null ? undefined : await this.clients.find(clientId);
    if (!client?.frontchannelLogoutUri) return undefined;
    const url = new URL(client.frontchannelLogoutUri);
    url.searchParams.append('iss', this.config.issuer);
    url.searchParams.append('sid', id);
    return url.href;
  }
}
