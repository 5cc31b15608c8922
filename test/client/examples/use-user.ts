import type { LatchkeyClient, User } from 'latchkey/client';
import { useEffect, useSyncExternalStore } from 'react';

/** Who is signed in: undefined until that is known, null if it is no user. Renders again when it changes, in any tab. */
export function useUser(client: LatchkeyClient): User | null | undefined {
  useEffect(() => {
    if (client.user !== undefined) return undefined;
    const restore = () => void client.restore().catch(() => {});
    restore();
    // Should there be no network yet.
    window.addEventListener('online', restore);
    return () => window.removeEventListener('online', restore);
  }, [client]);
  // While the page is rendered on a server, that is not known.
  return useSyncExternalStore(
    client.onChange,
    () => client.user,
    () => undefined,
  );
}
