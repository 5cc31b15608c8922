import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import { Clock } from '../../common/clock.js';
import { HttpConfig } from '../../config/config.js';
import { OAuthArtifacts } from '../artifacts/oauth-artifacts.js';
import { OAUTH_ROUTES } from './oauth-paths.js';
import { ProviderExtensions } from './provider-extensions.js';

/** What logout requests are kept as, for as long as the page is there. Seconds. */
export const LOGOUT_REQUEST = 'LogoutRequest';
const KEPT = 600;

/** A logout that a client asked for, as far as it was found good (OpenID Connect RP-Initiated Logout 1.0). */
export interface LogoutRequestRecord {
  readonly clientId?: string | undefined;
  /** One of the client's, to the letter; with `state`, if there is one. */
  readonly redirectUri?: string | undefined;
  /** Of `id_token_hint`: the session that the client's grant is. */
  readonly sid?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** What the metadata say beside what the library has (OpenID Connect Front-Channel Logout 1.0 section 3). */
export const LOGOUT_DISCOVERY = {
  frontchannel_logout_supported: true,
  frontchannel_logout_session_supported: true,
} as const;

/** The library looks at the request, and at the hint; the page is ours, and clients are told by `LogoutSender`. */
export const LOGOUT_FEATURES = {
  rpInitiatedLogout: { enabled: true, logoutSource: notShown, postLogoutSuccessSource: notShown },
  backchannelLogout: { enabled: true },
} as const satisfies Configuration['features'];

/** Leads who is to be signed out to our page. */
@Injectable()
export class LogoutFlow {
  private readonly page: string;

  constructor(
    extensions: ProviderExtensions,
    private readonly artifacts: OAuthArtifacts,
    private readonly clock: Clock,
    { publicUrl }: HttpConfig,
  ) {
    this.page = `${publicUrl.replace(/\/+$/, '')}/account/logout/`;
    extensions.declare((provider) => {
      provider.use((context, next) => this.answer(context as KoaContextWithOIDC, next));
    });
  }

  private async answer(context: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
    // Of the library's own page, which is never shown.
    if (context.path.startsWith(`${OAUTH_ROUTES.end_session}/`)) return;
    await next();
    const { oidc } = context as Partial<KoaContextWithOIDC>;
    if (oidc?.route !== 'end_session' || context.status !== 200) return;
    const id = randomBytes(32).toString('base64url');
    const payload = { ...recordOf(oidc), until: this.clock.now() + KEPT * 1000 };
    await this.artifacts.put(LOGOUT_REQUEST, id, { payload, expiresIn: KEPT });
    context.remove('Content-Security-Policy');
    context.status = 303;
    context.redirect(this.page + id);
    context.body = '';
  }
}

/** In place of the library's own pages. */
function notShown(context: KoaContextWithOIDC): void {
  context.body = '';
}

function recordOf({
  client,
  params,
  entities,
}: KoaContextWithOIDC['oidc']): Omit<LogoutRequestRecord, 'until'> {
  const uri = params?.['post_logout_redirect_uri'];
  const state = params?.['state'];
  const hint = entities.IdTokenHint?.payload['sid'];
  return {
    ...(client && { clientId: client.clientId }),
    ...(typeof uri === 'string' && { redirectUri: withState(uri, state) }),
    ...(typeof hint === 'string' && { sid: hint }),
  };
}

function withState(uri: string, state: unknown): string {
  if (typeof state !== 'string') return uri;
  return `${uri}${uri.includes('?') ? '&' : '?'}${new URLSearchParams({ state }).toString()}`;
}
