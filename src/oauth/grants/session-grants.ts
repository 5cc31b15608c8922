import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import type { CustomClaims } from '../../tokens/access/custom-claims.js';
import { TokenPairIssuer } from '../../auth/sign-in/token-pair-issuer.js';
import {
  authenticationTime,
  isExpired,
  type OpenedSession,
  type Session,
} from '../../tokens/sessions/session.js';
import { RefreshRotationService } from '../../tokens/sessions/refresh-rotation.service.js';
import { SessionEndedError } from '../../tokens/sessions/sessions.errors.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import type { User } from '../../users/user.js';
import { AccountDisabledError } from '../../users/users.errors.js';
import { UsersRepository } from '../../users/users.repository.js';
import type { OAuthClient } from '../clients/oauth-client.js';
import { OAuthClients } from '../clients/oauth-clients.js';
import { GrantOpening } from './grant-opening.js';
import { lifetimesOf } from './grant-lifetimes.js';
import {
  type GrantedSession,
  GrantTokens,
  type GrantToOpen,
  type OpenGrant,
  ResourceNotGrantedError,
  ScopeNotGrantedError,
  type WantedRefresh,
} from './grant-tokens.js';

/** Grants as sessions: opened, rotated and ended by what does so for every other session. */
@Injectable()
export class SessionGrants extends GrantTokens {
  constructor(
    private readonly users: UsersRepository,
    private readonly sessions: SessionsService,
    private readonly rotation: RefreshRotationService,
    private readonly pairs: TokenPairIssuer,
    private readonly opening: GrantOpening,
    private readonly clients: OAuthClients,
  ) {
    super();
  }

  async open(grant: GrantToOpen, client: ClientInfo): Promise<GrantedSession> {
    const { opened, user, issueTime, claims } = await this.opening.open(grant, client);
    return this.answer(opened, user, issueTime, claims, grant.jkt);
  }

  async find(id: string): Promise<OpenGrant | undefined> {
    const session = await this.sessions.find(id);
    if (!session || session.endedAt || isExpired(session, this.pairs.now())) return undefined;
    return session.clientId === null ? undefined : grantOfSession(session);
  }

  async refresh(refreshToken: string, wanted: WantedRefresh, client: ClientInfo): Promise<GrantedSession> {
    const { clientId, jkt } = wanted;
    const holder = { clientId, jkt, ...lifetimesOf(await this.clients.find(clientId)) };
    if (wanted.scopes || wanted.audience !== undefined)
      refuseMore(await this.rotation.find(refreshToken, holder), wanted);
    const before = this.pairs.now();
    const rotated = await this.rotation.rotate(refreshToken, client, this.users.reading, holder);
    const { subject, id } = rotated.session;
    const readSince = this.pairs.issueTimeSince(before, subject);
    const issueTime = readSince ?? this.pairs.issueTime(subject);
    const read = readSince === undefined ? undefined : rotated.read;
    const user = read ?? (await this.users.findById(subject));
    if (!user || user.disabledAt) {
      await this.sessions.end({ subject, only: id, reason: 'account_disabled', client });
      throw user ? new AccountDisabledError() : new SessionEndedError();
    }
    const claims = await this.pairs.claimsFor(user, rotated.session, 'refresh');
    const session = wanted.scopes ? { ...rotated.session, scopes: wanted.scopes } : rotated.session;
    return this.answer({ ...rotated, session }, user, issueTime, claims, jkt);
  }

  async findByRefreshToken(refreshToken: string, clientId: string | null): Promise<OpenGrant | undefined> {
    const session = await this.rotation.find(refreshToken, { clientId });
    return session && grantOfSession(session);
  }

  async end(id: string, client: ClientInfo): Promise<void> {
    const session = await this.sessions.find(id);
    if (!session || session.clientId === null) return;
    await this.sessions.end({ subject: session.subject, only: id, reason: 'grant_revoked', client });
  }

  private async answer(
    opened: OpenedSession,
    user: User,
    issueTime: number,
    claims: CustomClaims,
    jkt: string | undefined,
  ): Promise<GrantedSession> {
    const client = await this.clients.find(opened.session.clientId ?? '');
    const lifetime = lifetimeFor(client);
    const session = heldTo(client?.scopes ?? [], opened.session);
    const pair = await this.pairs.issue({ ...opened, session }, user, issueTime, claims, { lifetime, jkt });
    const { accessToken, expiresIn, refreshToken } = pair;
    const { scopes } = this.pairs.grantFor(session, user);
    return { accessToken, expiresIn, refreshToken, grant: { ...grantOfSession(session), scopes }, user };
  }
}

/** Of its access tokens at most: none outlives the time in which it has to be refreshed. Milliseconds. */
function lifetimeFor(client: OAuthClient | undefined): number {
  const { accessTokenTtl, refreshTokenTtl } = client ?? {};
  return Math.min(accessTokenTtl ?? Infinity, refreshTokenTtl ?? Infinity) * 1000;
}

/** Also where it was granted more before the client may have less, in the same moment. */
function heldTo(allowed: readonly string[], session: Session): Session {
  return { ...session, scopes: (session.scopes ?? []).filter((scope) => allowed.includes(scope)) };
}

function refuseMore(session: Session | undefined, { scopes = [], audience }: WantedRefresh): void {
  if (!session) return;
  if (!scopes.every((scope) => session.scopes?.includes(scope))) throw new ScopeNotGrantedError();
  if (audience !== undefined && audience !== session.audience) throw new ResourceNotGrantedError();
}

function grantOfSession(session: Session): OpenGrant {
  return {
    id: session.id,
    subject: session.subject,
    clientId: session.clientId ?? '',
    scopes: session.scopes ?? [],
    jkt: session.jkt,
    authenticatedAt: authenticationTime(session),
    issuedAt: session.lastUsedAt.getTime(),
    methods: session.methods ?? [],
    audience: session.audience,
    expiresAt: Math.min(session.idleExpiresAt.getTime(), session.expiresAt.getTime()),
  };
}
