/**
 * An error's message or stack without the SQL parameters that Drizzle puts on lines of their own: they may be hashes or
 * addresses.
 */
export function withoutParameters(text: string): string {
  return text.replaceAll(/\nparams:[\s\S]*?(?=\n {4}at |$)/g, '');
}

/** What the client of Redis says of a command without a connection. */
const NO_STREAM = /^Stream isn't writeable.*/;

/** What a log line says of why something failed. */
export function reasonOf(error: unknown): string {
  return withoutParameters(error instanceof Error ? error.message : String(error)).replace(
    NO_STREAM,
    'there is no connection to Redis',
  );
}
