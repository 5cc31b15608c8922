import { decodeRevocation, encodeRevocation, type Revocation } from '../revocation.js';

/** Entries of one event at most. */
export const ENTRIES_PER_EVENT = 100;

/** What the feed says (Server-Sent Events, WHATWG HTML section 9.2): revocations, or that all is told up to a cursor. */
export type FeedMessage =
  | { readonly kind: 'revoked'; readonly revocations: readonly Revocation[] }
  | { readonly kind: 'current'; readonly cursor: string };

/** As text of the stream; a revocation is a line of data. */
export function encodeMessage(message: FeedMessage): string {
  if (message.kind === 'current') return `event: current\nid: ${message.cursor}\ndata:\n\n`;
  const lines = message.revocations.map((revocation) => `data: ${encodeRevocation(revocation)}\n`);
  return `event: revoked\n${lines.join('')}\n`;
}

/** What was read of an event. */
export interface ReceivedEvent {
  /** As far as this version knows it; undefined: nothing. */
  readonly message?: FeedMessage;
  /** False: a newer server tells of something that this version does not know, which may be a revocation. */
  readonly isUnderstood: boolean;
}

/** One event's lines, without the empty one. */
export function decodeEvent(lines: readonly string[]): ReceivedEvent {
  const valuesOf = (name: string) =>
    lines
      .filter((line) => line.startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).trimStart());
  const [event] = valuesOf('event');
  if (event === 'current')
    return { message: { kind: 'current', cursor: valuesOf('id')[0] ?? '' }, isUnderstood: true };
  const data = valuesOf('data');
  // A comment, or nothing at all, has neither.
  if (event !== 'revoked') return { isUnderstood: event === undefined && data.length === 0 };
  const revocations = data.flatMap((text) => decodeRevocation(text) ?? []);
  return { message: { kind: 'revoked', revocations }, isUnderstood: revocations.length === data.length };
}
