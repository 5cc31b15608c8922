import { createHash } from 'node:crypto';
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { RevocationService } from '../../tokens/revocation/revocation.service.js';
import type { OAuthArtifacts } from '../artifacts/oauth-artifacts.js';
import type { OAuthClients } from '../clients/oauth-clients.js';
import type { ClientTokens } from '../grants/client-tokens.js';
import type { GrantTokens, GrantToOpen } from '../grants/grant-tokens.js';
import type { BrowserSessions } from './browser-sessions.js';
import { methodReferences, PASSWORD } from './authentication-context.js';
import { flowOf } from './flow-memory.js';
import { findOwnTokens } from './found-tokens.js';
import { type ProtocolErrors, refuseGrant } from './grant-errors.js';
import type { GrantsOfFlow } from './grants-of-flow.js';
import type { IssuedTokens } from './issued-tokens.js';
import { holdToClients } from './pending-requests.js';
import { rememberClients } from './remembered-clients.js';
import { audienceOf } from './resource-indicators.js';

/** What stands in for the library's own models. */
export interface ModelParts {
  readonly artifacts: OAuthArtifacts;
  readonly clients: OAuthClients;
  readonly clientTokens: ClientTokens;
  readonly grants: GrantTokens;
  readonly known: GrantsOfFlow;
  readonly browsers: BrowserSessions;
  readonly issued: IssuedTokens;
  readonly revocations: RevocationService;
  /** `aud` of access tokens. */
  readonly audience: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The request that is being answered. */
type CurrentContext = () => KoaContextWithOIDC;

/** What the library's models need of it. */
interface Library {
  readonly errors: ProtocolErrors;
  readonly current: CurrentContext;
  /** The same; undefined where the library is asked by something else, such as a page of Latchkey's. */
  readonly possible: () => KoaContextWithOIDC | undefined;
}

/**
 * Makes the library's tokens and sessions Latchkey's: people are signed in by their cookies, a grant is a session, and access
 * tokens are those of every other way in.
 */
export function useOwnModels(provider: Provider, parts: ModelParts, library: Library): void {
  signInByCookies(provider, parts.browsers);
  issueOwnTokens(provider, parts, library);
  findOwnTokens(provider, parts, library.current);
  holdToClients(provider, library.current);
  const { artifacts, clients } = parts;
  rememberClients(provider, clients, (id) => {
    const context = library.possible();
    if (context) flowOf(context).disabledClient = id;
  });
  // By the sector that the client has here: the library would read it at an address of the client's.
  Object.defineProperty(provider.Client.prototype, 'subjectType', {
    get(this: { readonly subjectSector: string | null }) {
      return this.subjectSector === null ? 'public' : 'pairwise';
    },
    // What the library takes for its default.
    set() {},
  });
  // One atomic statement: of two requests with one proof, one goes on.
  provider.ReplayDetection.unique = (issuer, id, expires) =>
    artifacts.putFirst('ReplayDetection', createHash('sha256').update(`${issuer}\0${id}`).digest('hex'), {
      payload: {},
      expiresIn: Math.max(1, expires - Math.floor(parts.now() / 1000)),
    });
}

function signInByCookies(provider: Provider, browsers: BrowserSessions): void {
  provider.Session.get = async (context) => {
    const session = new provider.Session();
    const found = await browsers.of(context.req);
    flowOf(context).era = found?.era ?? undefined;
    Object.assign(session, {
      uid: found?.id ?? '',
      ...(found && {
        accountId: found.subject,
        loginTs: Math.floor(found.authenticatedAt / 1000),
        amr: methodReferences(found.methods),
      }),
    });
    // Neither stored nor told by a cookie of its own.
    Object.defineProperty(session, 'destroyed', { value: true });
    const { oidc } = context as KoaContextWithOIDC;
    oidc.entity('Session', session);
    return session;
  };
}

function issueOwnTokens(provider: Provider, parts: ModelParts, { errors, current }: Library): void {
  const { AccessToken, ClientCredentials, RefreshToken, IdToken } = provider;
  Object.assign(AccessToken.prototype, {
    async getValueAndPayload(this: InstanceType<typeof AccessToken> & { expiresIn?: number }) {
      const context = current();
      const flow = flowOf(context);
      flow.tokens ??= await parts.grants
        .open(
          {
            id: this.grantId,
            subject: this.accountId,
            clientId: context.oidc.client?.clientId ?? '',
            grantType: String(context.oidc.params?.['grant_type']),
            scopes: this.scope?.split(' ') ?? [],
            parentId: flow.parentId,
            era: flow.era,
            consentedAt: flow.consentedAt,
            clientSid: flow.clientSid,
            ...signInOf(context),
            jkt: this.jkt,
            isPublic: context.oidc.client?.clientAuthMethod === 'none',
            audience: audienceOf(this.resourceServer?.identifier(), parts.audience),
          },
          flow.client,
        )
        .catch((error: unknown) => refuseGrant(errors, error));
      this.expiresIn = flow.tokens.expiresIn;
      // What the token says, which the user may do less of than was asked for (RFC 6749 section 5.1).
      const { scopes } = flow.tokens.grant;
      if (this.scope !== undefined) this.scope = scopes.join(' ');
      return { value: flow.tokens.accessToken };
    },
  });
  Object.assign(ClientCredentials.prototype, {
    async getValueAndPayload(this: InstanceType<typeof ClientCredentials> & { expiresIn?: number }) {
      const client = await parts.clients.find(this.clientId ?? '');
      if (!client) throw new Error('The client is gone.');
      // As it was sent: the library leaves out scopes that no role gives.
      const { scope: sent } = current().oidc.body ?? {};
      const scopes = typeof sent === 'string' && sent !== '' ? [...new Set(sent.split(' '))] : [];
      const more = scopes.find((scope) => !client.scopes.includes(scope));
      if (more !== undefined) throw new errors.InvalidScope('requested scope is not allowed', more);
      if (scopes.length > 0) this.scope = scopes.join(' ');
      const { accessToken, expiresIn } = await parts.clientTokens.issue(
        client,
        scopes,
        audienceOf(this.resourceServer?.identifier(), parts.audience),
        this.jkt,
      );
      this.expiresIn = expiresIn;
      return { value: accessToken };
    },
  });
  Object.assign(RefreshToken.prototype, {
    save: () => Promise.resolve(flowOf(current()).tokens?.refreshToken),
  });
  const prototype = IdToken.prototype as {
    issue: (
      this: InstanceType<typeof IdToken>,
      how: Parameters<InstanceType<typeof IdToken>['issue']>[0],
    ) => Promise<string>;
  };
  const { issue } = prototype;
  prototype.issue = function (how) {
    const tokens = how.use === 'idtoken' ? flowOf(this.ctx).tokens : undefined;
    // OpenID Connect Core section 3.1.3.6; `sid` is the session that the grant is.
    if (tokens) {
      this.set('at_hash', tokens.accessToken);
      this.set('sid', tokens.grant.id);
    }
    return issue.call(this, how);
  };
}

/** Of the person, as the code has it. */
function signInOf({ oidc }: KoaContextWithOIDC): Pick<GrantToOpen, 'authenticatedAt' | 'methods'> {
  const { authTime: seconds, amr = [] } = oidc.entities.AuthorizationCode ?? oidc.entities.DeviceCode ?? {};
  return {
    authenticatedAt: seconds === undefined ? undefined : seconds * 1000,
    methods: amr.filter((method) => method !== PASSWORD),
  };
}
