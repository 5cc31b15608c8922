import type { Client } from 'oidc-provider';
import { invalidScope, type ProtocolErrors } from './grant-errors.js';

/**
 * What a person is to allow has a name: there is no scope that is asked for by asking for none (RFC 6749 section 3.3), nor by
 * names of others alone. Called by the library for requests of codes, of devices, and pushed ones, after its own checks.
 */
export function neededScope(errors: ProtocolErrors) {
  return (_context: unknown, scope: string | undefined, client: Client): void => {
    const allowed = client['allScopes'] as readonly string[];
    // Of a client that has none of those that it knows, the library checks nothing.
    if (client.scope !== undefined && scope?.split(' ').some((name) => allowed.includes(name))) return;
    throw invalidScope(errors, 'scope must name at least one that the client may have');
  };
}
