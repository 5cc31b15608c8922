/** Where a page of sessions ended, in their order: by when they were last used, then by id. */
export interface SessionPosition {
  readonly lastUsedAt: Date;
  /** UUID in lower case. */
  readonly id: string;
}

/** A part of a list of sessions, the most recently used first. */
export interface SessionPage {
  /** How many at most. */
  readonly limit: number;
  /** Undefined: from the first. */
  readonly after?: SessionPosition | undefined;
}

const TIME_BYTES = 6;
const CURSOR_BYTES = TIME_BYTES + 16;

/** The position as clients carry it: nothing they can make of it lets them see more. */
export function encodeSessionCursor({ lastUsedAt, id }: SessionPosition): string {
  const bytes = Buffer.alloc(CURSOR_BYTES);
  bytes.writeUIntBE(lastUsedAt.getTime(), 0, TIME_BYTES);
  bytes.write(id.replaceAll('-', ''), TIME_BYTES, 'hex');
  return bytes.toString('base64url');
}

/** @returns undefined unless `encodeSessionCursor` can have written it */
export function decodeSessionCursor(cursor: string): SessionPosition | undefined {
  const bytes = Buffer.from(cursor, 'base64url');
  if (bytes.length !== CURSOR_BYTES || bytes.toString('base64url') !== cursor) return undefined;
  const hex = bytes.toString('hex', TIME_BYTES);
  return {
    lastUsedAt: new Date(bytes.readUIntBE(0, TIME_BYTES)),
    id: hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
  };
}
