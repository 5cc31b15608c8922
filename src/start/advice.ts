/** What to do about a failure that is known by its code, or by its message. */
export interface Advice {
  readonly code?: RegExp;
  readonly message?: RegExp;
  readonly advice: string;
}

/** @param causes of a failure, the failure itself included */
export function adviceFor(causes: readonly Error[], known: readonly Advice[]): string {
  const found = known.find(({ code, message }) =>
    causes.some(
      (cause) =>
        code?.test(String((cause as NodeJS.ErrnoException).code)) === true ||
        message?.test(cause.message) === true,
    ),
  );
  return found === undefined ? '' : ` ${found.advice}`;
}
