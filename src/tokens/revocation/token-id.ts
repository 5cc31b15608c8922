import { randomUUID } from 'node:crypto';

/** Hexadecimal digits of an era in an id. */
const ERA_DIGITS = 12;

/**
 * The `jti` of a new access token: a UUID, whose first 48 bits name the era that its session was opened in (version 8 of RFC
 * 9562, of which an application makes what it wants); at random (version 4) where that is not known.
 */
export function newTokenId(era: number | null): string {
  const id = randomUUID();
  if (era === null) return id;
  const digits = era.toString(16).padStart(ERA_DIGITS, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}-8${id.slice(15)}`;
}

/**
 * The era in which the session of an access token was opened, as its `jti` names it: a `RevocationStore` refuses those of an era
 * before the one that is recorded.
 * @returns undefined for an id that names none
 */
export function eraOfTokenId(id: string): number | undefined {
  if (!/^[\da-f]{8}-[\da-f]{4}-8/.test(id)) return undefined;
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
