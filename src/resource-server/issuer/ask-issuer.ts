import { tracedFetch } from '../../common/tracing/traced-fetch.js';
import { tracing } from '../../common/tracing/tracing.js';

/** What an issuer answers is wrong, or it does not answer. The message is for the log. */
export class IssuerError extends Error {}

/** The whole of a question, its answer included. Milliseconds. */
const ISSUER_TIMEOUT = 5_000;
/** Bytes: some hundred keys. */
const SIZE_MAX = 262_144;

export interface IssuerAnswer {
  readonly body: Readonly<Record<string, unknown>>;
  /** Milliseconds that it may be kept (`Cache-Control: max-age`); undefined: it says nothing. */
  readonly maxAge: number | undefined;
}

/**
 * Reads a JSON object of an issuer. No redirect is followed: what an issuer says is at the address that was configured.
 * @param url
 * @param signal ends it when the service stops
 * @param timeout milliseconds
 * @returns undefined if there is nothing at the address (404)
 * @throws IssuerError if it is none, too large, too slow, or a redirect
 */
export async function askIssuer(
  url: string,
  signal: AbortSignal,
  timeout = ISSUER_TIMEOUT,
): Promise<IssuerAnswer | undefined> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
  try {
    const response = await tracedFetch(tracing(), new URL(url), {
      headers: { Accept: 'application/json' },
      redirect: 'manual',
      signal: within,
    });
    if (response.status !== 200) await response.body?.cancel();
    if (response.status === 404) return undefined;
    if (response.status >= 300 && response.status < 400)
      throw new IssuerError(`${url} redirects, which is not followed`);
    if (response.status !== 200) throw new IssuerError(`${url} answers ${response.status}`);
    const body = objectIn(await textOf(response, url), url);
    return { body, maxAge: maxAgeOf(response.headers.get('cache-control')) };
  } catch (error) {
    if (error instanceof IssuerError) throw error;
    throw new IssuerError(`${url} does not answer: ${causeOf(error)}`, { cause: error });
  }
}

async function textOf(response: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body: AsyncIterable<Uint8Array> | Iterable<Uint8Array> = response.body ?? [];
  for await (const chunk of body) {
    size += chunk.byteLength;
    // Leaving the loop ends the connection.
    if (size > SIZE_MAX) throw new IssuerError(`${url} answers more than ${SIZE_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function objectIn(text: string, url: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new IssuerError(`${url} answers no JSON object`);
}

function maxAgeOf(header: string | null): number | undefined {
  const seconds = /(?:^|[\s,])max-age=(\d{1,9})(?:$|[\s,])/i.exec(header ?? '')?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

function causeOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
}
