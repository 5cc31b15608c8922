import { isUtf8 } from 'node:buffer';

const MAX_LENGTH = 8191;
const COMPACT = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;

export interface JwsHeader {
  readonly alg: string;
  readonly typ: string;
  readonly kid: string;
}

/** No issuer needs it, and code that copies its members would be given another prototype. */
const PROTO_MEMBER = '"__proto__":';

/**
 * Reads a compact JWS (RFC 7515 section 7.1) more strictly than the RFC asks, since every token we accept is one that
 * we wrote: at most 8191 characters, three canonical base64url parts, JSON without white space, escapes that are not
 * needed, duplicate members, or `__proto__`, and a header of `alg`, `typ` and `kid` only.
 * @returns undefined if it is anything else; never throws
 */
export function parseCompactJws(
  token: string,
): { header: JwsHeader; payload: Record<string, unknown> } | undefined {
  if (token.length > MAX_LENGTH) return undefined;
  const parts = COMPACT.exec(token);
  if (!parts?.[1] || !parts[2] || !parts[3]) return undefined;
  const header = parseCanonicalObject(parts[1]);
  const payload = parseCanonicalObject(parts[2]);
  if (!header || !payload || !isCanonical(parts[3])) return undefined;
  return isJwsHeader(header) ? { header, payload } : undefined;
}

function isJwsHeader(header: object): header is JwsHeader {
  const { alg, typ, kid, ...others } = header as Record<string, unknown>;
  const texts = [alg, typ, kid].every((value) => typeof value === 'string');
  return texts && Object.keys(others).length === 0;
}

function parseCanonicalObject(part: string): Record<string, unknown> | undefined {
  if (!isCanonical(part)) return undefined;
  const bytes = Buffer.from(part, 'base64url');
  if (!isUtf8(bytes)) return undefined;
  try {
    const text = bytes.toString('utf8');
    if (text.includes(PROTO_MEMBER)) return undefined;
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    // Writing it again gives the same text only if nothing was said twice or in a second way (1e999, 1.0, \u0061).
    return JSON.stringify(value) === text ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the part is the one base64url text of its bytes: no stray bits at the end. */
function isCanonical(part: string): boolean {
  return Buffer.from(part, 'base64url').toString('base64url') === part;
}
