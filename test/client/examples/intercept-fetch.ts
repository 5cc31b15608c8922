import type { LatchkeyClient } from 'latchkey/client';

/**
 * Puts the client in the place of `fetch` for the addresses of its server, so that libraries which call `fetch` need not
 * know of it. Make the client first: it goes on with the `fetch` that it found.
 * @returns what takes it back
 */
export function interceptFetch(client: LatchkeyClient, baseUrl: string): () => void {
  const plain = globalThis.fetch;
  const { origin } = new URL(baseUrl);
  globalThis.fetch = (input, init) => {
    const { url } = input instanceof Request ? input : new Request(input);
    return new URL(url).origin === origin ? client.fetch(input, init) : plain(input, init);
  };
  return () => {
    globalThis.fetch = plain;
  };
}
