import type { IdentityRelay, Principal } from 'latchkey/resource-server';
import { map, type Observable } from 'rxjs';

export interface Item {
  readonly name: string;
}

/** Who called, as a service knows it. */
interface Sighting extends Pick<Principal, 'subject' | 'roles' | 'scopes'> {
  readonly service: string;
  /** The services that the request came through before. */
  readonly callers: readonly string[];
  readonly requestId: string;
}

export interface Receipt {
  readonly item: string;
  readonly seenBy: readonly Sighting[];
}

export function sighting(service: string, caller: Principal, relay: IdentityRelay): Sighting {
  const { subject, roles, scopes } = caller;
  return { service, subject, roles, scopes, callers: relay.callers(), requestId: relay.requestId() ?? '' };
}

/** The next service's receipt, with what this one saw before it. */
export function seenBefore(receipt: Observable<Receipt>, own: Sighting): Observable<Receipt> {
  return receipt.pipe(map(({ item, seenBy }) => ({ item, seenBy: [own, ...seenBy] })));
}
