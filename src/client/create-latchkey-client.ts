import { AuthenticatedFetch } from './authenticated-fetch.js';
import { BearerSession } from './bearer-session.js';
import { Client } from './client.js';
import { CookieSession, type Renewal } from './cookie-session.js';
import type { LatchkeyClient, LatchkeyClientOptions, User } from './latchkey-client.js';
import { SignedInUser } from './signed-in-user.js';
import { openTabs } from './tabs.js';
import { Transport } from './transport.js';

/**
 * A client of a Latchkey server, for browsers and Node. It may be made while a page is rendered on a server: nothing is sent
 * until it is used, and of a browser it opens no more than a channel to the other tabs.
 * @typeParam Fields a team's own fields of users
 * @example createLatchkeyClient<StaffFields>({ baseUrl }).user?.staffNumber
 */
export function createLatchkeyClient<Fields extends object = object>(
  options: LatchkeyClientOptions,
): LatchkeyClient<Fields> {
  const client = options.mode === 'cookie' ? cookieClient(options) : bearerClient(options);
  // What its answers hold beside ours is the server's word, as all of it is.
  return client as LatchkeyClient<Fields>;
}

/** Each tab has a session of its own; users who log out in one of them mean all that are theirs. */
function bearerClient(options: LatchkeyClientOptions): LatchkeyClient {
  const transport = new Transport(options, false);
  const session = new BearerSession(transport);
  const signedIn = new SignedInUser(null);
  const requests = new AuthenticatedFetch(transport, session, signedIn, () => {});
  const tabs = openTabs(`latchkey bearer ${options.baseUrl}`, (message) => {
    const { loggedOut } = message as { loggedOut: string };
    if (loggedOut === signedIn.current?.id) client.end().catch(() => {});
  });
  const tellOthers = (user: User | null, was: User | null | undefined) => {
    if (!user && was) tabs.tell({ loggedOut: was.id });
  };
  const client = new Client({
    transport,
    session,
    signedIn,
    requests,
    tellOthers,
    forgetsWithoutServer: true,
  });
  return client;
}

/** All tabs have the same session. */
function cookieClient(options: LatchkeyClientOptions): LatchkeyClient {
  const transport = new Transport(options, true);
  const signedIn = new SignedInUser(undefined);
  const tabs = openTabs(`latchkey cookie ${options.baseUrl}`, (message) => {
    const told = message as Renewal | { readonly user: User | null };
    if (!('user' in told)) return session.learn(told);
    if (told.user) session.forget();
    else session.close();
    signedIn.set(told.user, true);
  });
  // The cookies are of another session than this tab believes: it has missed a message.
  const catchUp = () => void client.restore().catch(() => {});
  const session = new CookieSession(transport, tabs.lock, (renewal) => tabs.tell(renewal), catchUp);
  const requests = new AuthenticatedFetch(transport, session, signedIn, catchUp);
  const tellOthers = (user: User | null) => tabs.tell({ user });
  const client = new Client({
    transport,
    session,
    signedIn,
    requests,
    tellOthers,
    forgetsWithoutServer: false,
  });
  return client;
}
