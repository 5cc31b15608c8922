import type { Actor } from '../../audit/audit-event.js';
import { type ClientInfo, clientInfoOf, type HttpRequest } from '../../common/client-info.js';
import type { Principal } from '../../common/principal.js';

/** Who administers over HTTP, and from where. An operator on the command line is none, and may do all of it. */
export interface AdministeringCaller {
  readonly principal: Principal;
  readonly client: ClientInfo;
}

export function administering(principal: Principal, request: HttpRequest): AdministeringCaller {
  return { principal, client: clientInfoOf(request) };
}

/** What the audit log says of them in each event. @param caller undefined: an operator */
export function actingOf(caller: AdministeringCaller | undefined): {
  readonly actor: Actor;
  readonly sessionId: string | null;
  readonly client: ClientInfo | null;
} {
  if (!caller) return { actor: { kind: 'operator' }, sessionId: null, client: null };
  const { subject, sessionId } = caller.principal;
  return { actor: { kind: 'user', id: subject }, sessionId: sessionId || null, client: caller.client };
}
