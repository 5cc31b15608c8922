/** Scopes as OAuth writes them: with one space between them (RFC 6749 section 3.3). */
export function scopeText(scopes: readonly string[]): string {
  return scopes.join(' ');
}

/** What `scopeText` has written. */
export function scopesOf(text: string): string[] {
  return text === '' ? [] : text.split(' ');
}
