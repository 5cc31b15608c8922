/** The event by which a client hands in a token: the first, or a newer one of its session. */
export const AUTHENTICATE = 'authenticate';
/** The event that answers it, with `expiresAt`. */
export const AUTHENTICATED = 'authenticated';

/** A token is shorter. */
const MAX_LENGTH = 16_384;

/** @returns the token of `{"event": "authenticate", "data": {"token": "…"}}`; undefined: it is another message */
export function tokenIn(message: string): string | undefined {
  // Most are others: they are not parsed twice.
  if (message.length > MAX_LENGTH || !message.includes(`"${AUTHENTICATE}"`)) return undefined;
  try {
    const { event, data } = JSON.parse(message) as { readonly event?: unknown; readonly data?: unknown };
    return event === AUTHENTICATE ? tokenOf(data) : undefined;
  } catch {
    return undefined;
  }
}

/** @returns the token of `{"token": "…"}`; empty, which no token is, if there is none */
export function tokenOf(data: unknown): string {
  const { token } = (data ?? {}) as { readonly token?: unknown };
  return typeof token === 'string' ? token : '';
}
