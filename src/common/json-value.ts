/** What JSON can say (RFC 8259). */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [name: string]: JsonValue };

/**
 * Whether it is the same after it was written as JSON and read again: no `undefined`, no `Date`, no instance of a class, no
 * number without digits, no half of a surrogate pair, no `__proto__`.
 * @param depth how many objects and lists may stand in one another
 */
export function isSafeJson(value: unknown, depth: number): value is JsonValue {
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value === 'string') return !/\p{Surrogate}/u.test(value);
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object' || depth === 0) return false;
  if (Array.isArray(value))
    return Array.from<unknown>(value).every((member) => isSafeJson(member, depth - 1));
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.entries(value).every(
    ([name, member]) => name !== '__proto__' && isSafeJson(name, 1) && isSafeJson(member, depth - 1),
  );
}
