import { tracedFetch } from '../../common/tracing/traced-fetch.js';
import { tracing } from '../../common/tracing/tracing.js';
import { decodeEvent, type FeedMessage } from '../../tokens/revocation/feed/feed-message.js';
import { IssuerError } from '../issuer/ask-issuer.js';

/** The server says every second that it is there. Milliseconds. */
const SILENCE_MAX = 5_000;
/** Of an event: some hundred revocations. Characters. */
const EVENT_MAX = 1_000_000;

/** What of the settings the reading needs. */
export interface FeedAddress {
  readonly url: string;
  readonly token: string;
}

/**
 * Reads the feed until it ends. No redirect is followed: the token is for the server alone.
 * @param cursor up to when all is known; undefined: nothing is
 * @throws IssuerError if it cannot be read, falls silent, or tells nonsense or what this version does not know
 */
export async function readFeed(
  { url, token }: FeedAddress,
  cursor: string | undefined,
  signal: AbortSignal,
  take: (message: FeedMessage) => void,
): Promise<void> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error('it fell silent')), SILENCE_MAX).unref();
  try {
    const response = await tracedFetch(tracing(), new URL(url), {
      headers: {
        Accept: 'text/event-stream',
        Authorization: `Bearer ${token}`,
        ...(cursor !== undefined && { 'Last-Event-ID': cursor }),
      },
      redirect: 'manual',
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new IssuerError(`${url} answers ${response.status}`);
    }
    await readEvents(response, take, () => timer.refresh());
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof IssuerError) throw error;
    throw new IssuerError(`${url} does not answer: ${(error as Error).message}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

async function readEvents(
  response: Response,
  take: (message: FeedMessage) => void,
  alive: () => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  let isUnderstood = true;
  for await (const chunk of response.body ?? []) {
    alive();
    rest += decoder.decode(chunk as Uint8Array, { stream: true });
    const events = rest.split('\n\n');
    rest = events.pop() ?? '';
    if (rest.length > EVENT_MAX) throw new IssuerError('the feed tells an event without an end');
    for (const event of events) {
      const read = decodeEvent(event.split('\n'));
      isUnderstood &&= read.isUnderstood;
      // What is known up to here is taken; the cursor stays before what is not, so that the next reading is told of it again.
      if (!isUnderstood && read.message?.kind === 'current')
        throw new IssuerError('it tells of what this version does not know: update this service');
      if (read.message) take(read.message);
    }
  }
}
