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

/** One event's lines, without the empty one. @returns undefined for what this version does not know */
export function decodeMessage(lines: readonly string[]): FeedMessage | undefined {
  const valuesOf = (name: string) =>
    lines
      .filter((line) => line.startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).trimStart());
  const [event] = valuesOf('event');
  if (event === 'current') return { kind: 'current', cursor: valuesOf('id')[0] ?? '' };
  if (event !== 'revoked') return undefined;
  return { kind: 'revoked', revocations: valuesOf('data').flatMap((text) => decodeRevocation(text) ?? []) };
}
