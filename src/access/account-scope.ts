import { OWN_CLIENT, type Principal } from '../common/principal.js';

/** What a token of an OAuth client needs for the routes by which users care for their own account. */
export const ACCOUNT_SCOPE = 'account';

/** Whether a user's token reaches their own account: it was issued here, or to a client that was granted that. */
export function reachesAccount({ clientId, isClient, scopes }: Principal): boolean {
  return !isClient && (clientId === OWN_CLIENT || scopes.includes(ACCOUNT_SCOPE));
}
