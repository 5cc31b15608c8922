/** How the holder of a session showed who they are, and the session's era. */
export interface Authentication {
  /** When the password was last shown; milliseconds since the epoch. */
  readonly at: number;
  /** Besides the password, as the login gate said it (RFC 8176). */
  readonly methods: readonly string[];
  /** Of the session: it grows when all others of the subject end, and this one goes on. Null: it was not counted. */
  readonly era: number | null;
}

/** As RFC 8176 has them: they are kept in one text, with spaces between them. */
const METHOD = /^[!-~]{1,64}$/;

/** Those that can be kept; null: none. */
export function keptMethods(methods: readonly string[]): readonly string[] | null {
  const kept = methods.filter((method) => METHOD.test(method));
  return kept.length > 0 ? kept : null;
}
