import type { errors, KoaContextWithOIDC } from 'oidc-provider';
import type { ClientInfo } from '../../common/client-info.js';
import type { ClientWithSecret } from '../clients/oauth-clients.js';
import type { GrantedSession, OpenGrant } from '../grants/grant-tokens.js';
import type { SecretVerdict } from './client-admission.js';
import type { PendingRegistration } from '../registration/client-registration.js';
import type { InitialAccessToken } from '../registration/initial-access-token.js';

/** A secret, and what is to be said of it. */
interface PresentedSecret {
  readonly clientId: string;
  readonly secret: string;
  readonly verdict: SecretVerdict;
}

/** What is known of one request to the authorization server, from one step of it to a later one. */
export interface FlowMemory {
  client: ClientInfo;
  /** A secret that was looked at before the library came to it. */
  presented?: PresentedSecret | undefined;
  /** `Grant` of the code or device code that is being exchanged, as it was put down with that. */
  grant?: Readonly<Record<string, unknown>> | undefined;
  /** The browser session of the person who allowed it. */
  parentId?: string | undefined;
  /** The era of that session when they did. */
  era?: number | undefined;
  /** When the consent was given that the grant rests on; milliseconds. */
  consentedAt?: number | undefined;
  /** Of the client when it was allowed. */
  clientSid?: string | undefined;
  tokens?: GrantedSession | undefined;
  /** The grant that was looked for. */
  found?: OpenGrant | undefined;
  /** The grant that this request ends. */
  ended?: { readonly id: string; readonly done: Promise<void> } | undefined;
  /** By which a client registers. */
  initialAccessToken?: InitialAccessToken | undefined;
  /** The client, until it is made, and once it is. */
  registering?: PendingRegistration | undefined;
  registered?: ClientWithSecret | undefined;
  /** Id of a client that is looked for, and disabled: it is answered as if there were none. */
  disabledClient?: string | undefined;
  /** Why it is refused. */
  refusal?: errors.OIDCProviderError | undefined;
}

const memories = new WeakMap<object, FlowMemory>();

/** Of a request that begins. @param request of Node */
export function beginFlow(request: object, client: ClientInfo): FlowMemory {
  const begun: FlowMemory = { client };
  memories.set(request, begun);
  return begun;
}

/** @param ctx of the request */
export function flowOf({ req }: Pick<KoaContextWithOIDC, 'req'>): FlowMemory {
  const found = memories.get(req);
  if (found) return found;
  const nobody = { ip: null, userAgent: null, language: null, requestId: null };
  const begun: FlowMemory = { client: nobody };
  memories.set(req, begun);
  return begun;
}
