import type { Provider } from 'oidc-provider';
import type { OAuthClient } from '../clients/oauth-client.js';
import type { OAuthClients } from '../clients/oauth-clients.js';

type LibraryClient = NonNullable<Awaited<ReturnType<Provider['Client']['find']>>>;

/**
 * Makes the library read a client once for each of its versions, and not at every request: it knows again what it has read by
 * a hash of all that the client has.
 * @param whenDisabled is told of one that the library does not find for that
 */
export function rememberClients(
  provider: Provider,
  clients: Pick<OAuthClients, 'find'>,
  whenDisabled: (id: string) => void = () => undefined,
): void {
  const { Client } = provider;
  const read = Client.find.bind(Client);
  /** By what `OAuthClients` remembers: what has changed is another object. */
  const known = new WeakMap<OAuthClient, LibraryClient>();
  Client.find = async (id) => {
    const client = await clients.find(id);
    if (client?.disabled) whenDisabled(id);
    if (!client || client.disabled) return undefined;
    const remembered = known.get(client);
    if (remembered) return remembered;
    const found = await read(id);
    // What was read in between may be a later version, and is no longer this one's.
    if (found && (await clients.find(id)) === client) known.set(client, found);
    return found;
  };
}
