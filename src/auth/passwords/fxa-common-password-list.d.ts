declare module 'fxa-common-password-list' {
  /** Whether the text is among the 49,000 most common passwords of eight characters or more. */
  export function test(password: string): boolean;
}
